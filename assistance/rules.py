"""Which kinds of measure answer which wish (`domain.md` §4, codes [assumed])."""

ANSWERS: dict[str, tuple[str, ...]] = {
    "W1": ("M10", "M30", "M95"),
    "W2": ("M20", "M21"),
    "W3": ("M40",),
    "W4": ("M50",),
    "W5": ("M80", "M21"),
    "W6": ("M90",),
    "W7": ("M60",),
    "W8": ("M70",),
}


def state_problem(*, state: str, has_measure: bool, measure_done: bool, result: str) -> str:
    """'' or why a wish cannot be in this state: what is called met has a measure that was given, or words that say how."""
    if state == "met" and not result and not (has_measure and measure_done):
        return "已落实的,请选择已落实的措施,或写明如何落实。"
    if state == "running" and not result and not has_measure:
        return "落实中的,请选择对应措施,或写明正在做什么。"
    return ""
