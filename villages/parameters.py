"""This room's settings."""

from core.settings import declare

declare("deputy_longest_days", "代办最长时间", "whole", 30, unit="天", basis="本系统约定", assumed=True, low=1, high=180)
