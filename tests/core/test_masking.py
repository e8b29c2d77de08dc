"""What may be shown of a person (`domain.md` §5.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import masking


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (None, ""),
        ("", ""),
        ("王", "*"),
        ("王明", "王*"),
        ("王小华", "王*华"),
        ("王小明华", "王**华"),
        ("欧阳修", "欧阳*"),
        ("司马相如", "司马*如"),
        ("欧阳", "欧*"),
        ("才仁·卓玛", "才仁·**"),
        ("古丽·买买提·伊明", "古丽·*****"),
    ],
)
def test_names(name, shown):
    assert masking.mask_name(name) == shown


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (masking.mask_id_number, "632801198001011234", "632801********1234"),
        (masking.mask_id_number, "63280119800101123443", "632801**********3443"),
        (masking.mask_phone, "13812345678", "138****5678"),
        (masking.mask_phone, "0979-8412345", "0979-*****45"),
        (masking.mask_account, "6222020200112233445", "****3445"),
        (masking.last_four, "632801198001011234", "****1234"),
        (masking.last_four, "1234", "****"),
        (masking.mask_address, "郭勒木德镇示范一村2社12号", "郭勒木德镇示范一村2社****"),
        (masking.mask_address, "郭勒木德镇示范一村", "郭勒木德镇示范一村"),
    ],
)
def test_numbers_and_addresses(mask, value, shown):
    assert mask(value) == shown


ALL = [getattr(masking, n) for n in ("mask_name", "mask_id_number", "last_four", "mask_phone", "mask_account", "mask_address")]


@pytest.mark.parametrize("mask", ALL)
def test_nothing_stays_nothing(mask):
    assert mask(None) == mask("") == ""


@given(st.text("0123456789", min_size=1, max_size=4))
def test_a_short_number_is_hidden_whole(number):
    for mask in (masking.mask_id_number, masking.last_four, masking.mask_phone, masking.mask_account):
        assert set(mask(number)) == {"*"}
