"""What the comparison's pages take in."""

from typing import Any

from django import forms

from accounts.models import Organization
from core import content
from core.clock import today
from core.forms import CodeSelect, LineField, UploadField, WrittenDateField
from households.forms.proceedings import PlainForm
from households.models import CrossCheckSource, VetoRule
from households.rules.crosschecks import Judgement
from villages.models import Division, Village


class RequestForm(PlainForm):
    """Which offices are asked about whom."""

    WAITING, REGISTERED = "waiting", "registered"

    sources = forms.ModelMultipleChoiceField(
        label="比对来源",
        queryset=CrossCheckSource.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个来源。"},
    )
    scope = forms.ChoiceField(
        label="比对哪些户", choices=[(WAITING, "正在信息比对环节的户"), (REGISTERED, "全部在册户(回头看)")], widget=CodeSelect, initial=WAITING
    )
    township = forms.ModelChoiceField(label="乡镇(不选为全市)", queryset=Division.objects.none(), required=False, widget=CodeSelect, empty_label="")
    organization = forms.ModelChoiceField(
        label="承办单位(不选则按来源设定)", queryset=Organization.objects.none(), required=False, widget=CodeSelect, empty_label=""
    )
    due_on = WrittenDateField(label="回复期限")
    purpose = LineField(label="用途", max_length=120, initial="贫困户识别信息比对")
    widths = {"sources": "w12", "purpose": "w6"}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sources"].queryset = CrossCheckSource.objects.valid_on(today()).select_related("organization")  # type: ignore[attr-defined]
        villages = Village.objects.visible_to(user, "crosscheck_manage")
        self.fields["township"].queryset = Division.objects.filter(pk__in=villages.order_by().values("township_id")).order_by("code")  # type: ignore[attr-defined]
        offices = Organization.objects.filter(valid_to=None).exclude(nature__in=["enterprise", "military", "village_committee", "coordination"])
        self.fields["organization"].queryset = offices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lost = [source.office for source in data.get("sources") or [] if not (data.get("organization") or source.organization)]
        if lost:
            self.add_error("organization", f"{'、'.join(lost)}还没有设定承办单位,请在这里选择,或在代码表中设定。")
        return data


class AnswerForm(PlainForm):
    data_on = WrittenDateField(label="数据截至日期")
    data = forms.FileField(
        label="填好的清单,或本部门的数据表",
        help_text="清单按“序号”逐人填“无记录”或“命中”;本部门的表须有“证件号码”一列,系统逐人查找。.xlsx、.xls、.csv 都可以。",
    )
    reply = UploadField(label="盖章回函(照片或扫描件)", required=False)
    widths = {"data": "w12", "reply": "w6"}

    def clean_data(self) -> bytes:
        upload = self.cleaned_data["data"]
        limit = content.LIMITS[content.WORKBOOK]
        if upload.size > limit:
            raise forms.ValidationError(f"文件超过 {limit // content.MEGABYTE} MB,请分成几个文件。")
        return upload.read()


class JudgeForm(PlainForm):
    judgement = forms.ChoiceField(
        label="认定", widget=CodeSelect, choices=[("", ""), (Judgement.CONFIRMED, "属实"), (Judgement.WAIVED, "豁免(不影响识别)")]
    )
    rule = forms.ModelChoiceField(label="否决情形", queryset=VetoRule.objects.none(), required=False, widget=CodeSelect, empty_label="")
    reason = LineField(label="理由", max_length=300)
    evidence = UploadField(label="证据", required=False, help_text="豁免须上传,如车辆报废证明、残疾人专用车证明。")
    widths = {"reason": "w12", "evidence": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].queryset = VetoRule.objects.valid_on(today())  # type: ignore[attr-defined]


class CancelForm(PlainForm):
    reason = LineField(label="作废原因", max_length=200)
