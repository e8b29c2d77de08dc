"""ID numbers, GB 11643."""

from datetime import date


def make_id_number(area: str, birth_on: date, sequence: int) -> str:
    body = f"{area}{birth_on:%Y%m%d}{sequence:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
