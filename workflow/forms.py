"""What the workflow pages take in."""

from django import forms


class PurposeForm(forms.Form):
    """Why somebody takes personal data out or looks at it in full."""

    purpose = forms.CharField(label="用途", min_length=2, max_length=200, error_messages={"required": "请写明用途,会记入查阅记录。"})
