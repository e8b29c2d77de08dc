"""This room's settings: how many people a group has where the system cannot count them, terms, and when a spread is worth a look."""

from core.settings import declare

BASIS = "领域资料 6.3"
declare("survey_village_people", "村两委、党员和村民代表应评人数", "whole", 15, unit="人", basis=BASIS, assumed=True, low=1, high=500)
declare("survey_township_people", "乡镇(街道)党委应评人数", "whole", 9, unit="人", basis=BASIS, assumed=True, low=1, high=200)
declare("survey_unit_people", "派出单位应评人数", "whole", 7, unit="人", basis=BASIS, assumed=True, low=1, high=500)
declare("appeal_answer_days", "申诉答复期限", "whole", 15, unit="天", basis=BASIS, assumed=True, low=1, high=90)
declare("township_spread_points", "乡镇中位分与全市相差多少分提示", "whole", 4, unit="分", basis=BASIS, assumed=True, low=1, high=30)
