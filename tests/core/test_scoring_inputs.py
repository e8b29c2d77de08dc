"""The registry of what an assessment may count."""

import pytest

from core import scoring_inputs
from core.scoring_inputs import Input


def test_an_input_is_found_by_its_key_and_registered_once(monkeypatch):
    monkeypatch.setattr(scoring_inputs, "_inputs", {})
    entry = scoring_inputs.register(Input("days", "天数", "天", lambda cadres, since, until: {}))
    assert scoring_inputs.get("days") is entry
    assert scoring_inputs.all_inputs() == [entry]
    with pytest.raises(ValueError, match="twice"):
        scoring_inputs.register(entry)
    with pytest.raises(KeyError):
        scoring_inputs.get("nothing")
