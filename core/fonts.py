"""Fonts of everything printed: our own fontconfig file, so that a PDF does not depend on the machine's fonts."""

import ctypes.util
import importlib.util
import os
from pathlib import Path

SANS, SERIF = "Noto Sans SC", "Noto Serif SC"
PACKAGE = "pylopdf_fonts_zh_cn"
_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir>
<alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
<alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
</fontconfig>
"""


class FontError(Exception):
    """Printing is not possible here; the text says what to install."""


def font_dir() -> Path:
    """The folder with the two Chinese fonts. Raises FontError."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise FontError("缺少中文字体包:请运行 make setup。")
    return Path(next(iter(found.submodule_search_locations)))


def require_pango() -> None:
    """Raises FontError with one line when the text layout library is missing."""
    if not ctypes.util.find_library("pangoft2-1.0"):
        raise FontError("缺少 Pango,不能生成 PDF:请安装 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0。")


def pin(data_dir: Path) -> None:
    """Point fontconfig at our fonts alone. Must run before the first PDF of the process."""
    folder = data_dir / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "fonts.conf"
    text = _CONFIGURATION.format(fonts=font_dir(), cache=folder / "cache")
    if not configuration.exists() or configuration.read_text(encoding="utf-8") != text:
        fresh = configuration.with_suffix(f".{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(configuration)
    os.environ["FONTCONFIG_FILE"] = str(configuration)
