"""Serial numbers that run on over the whole city, whoever takes the next."""

from django.db import models


class Serial(models.Model):
    """The last number given under a key (a kind of paper and its year). Stands outside the walls: a number says nothing of anybody."""

    key = models.CharField("序列", max_length=60, unique=True)
    last = models.PositiveBigIntegerField("末号", default=0)

    class Meta:
        verbose_name = "编号"
