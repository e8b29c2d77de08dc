"""Bank accounts, credit codes, phones, household codes (`domain.md` §1.1, §9.5)."""

import re

from stdnum import luhn
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from core.checks.identity import normalise
from core.checks.problems import CheckError

CARD, PASSBOOK = "card", "passbook"


def parse_bank_account(text: str, *, kind: str) -> str:
    """An account number: a card has 16–19 digits and a Luhn digit, a passbook 12–19 digits without one."""
    number = normalise(text)
    if "E+" in number or "." in number:
        raise CheckError("账号被表格软件改成了科学计数,请把单元格设为文本后重新填写。")
    if not number.isascii() or not number.isdigit():
        raise CheckError("银行账号只能是数字。")
    if kind == CARD:
        if not 16 <= len(number) <= 19:
            raise CheckError(f"银行卡号应为16至19位,现在是{len(number)}位;存折账号请把账户种类选为存折。")
        if not luhn.is_valid(number):
            raise CheckError("银行卡号校验不符,有一位填错了,请对照卡片核对。")
    elif not 12 <= len(number) <= 19:
        raise CheckError(f"存折账号应为12至19位,现在是{len(number)}位。")
    return number


def parse_credit_code(text: str) -> str:
    """A unified social credit code (GB 32100: 18 characters, mod 31)."""
    try:
        return uscc.validate(normalise(text))
    except ValidationError as error:
        raise CheckError("统一社会信用代码应为18位且校验位相符,请对照证照核对。") from error


def parse_phone(text: str) -> str:
    """A mobile number, or a landline with its area code as 0979-8412345."""
    number = re.sub(r"[\s\-()()—–]", "", normalise(text)).removeprefix("+86")
    if re.fullmatch(r"1[0-9]{10}", number):
        return number
    found = re.fullmatch(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([0-9]{7,8})", number)
    if found:
        return f"{found[1]}-{found[2]}"
    raise CheckError("电话应为11位手机号,或带区号的固定电话(如0979-8412345)。")


def parse_household_code(text: str) -> str:
    """16 digits: 12 of the village and a serial of 4 [assumed]."""
    code = normalise(text)
    if not re.fullmatch(r"[0-9]{16}", code):
        raise CheckError("户编号为16位数字:村代码12位加顺序号4位。")
    return code
