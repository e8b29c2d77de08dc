"""Drawings of scores, and the wall chart (鉴定挂图): pure, from plain values to SVG and PDF."""
