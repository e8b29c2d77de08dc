"""This room's settings: how many people a group has where the system cannot count them."""

from core.settings import declare

BASIS = "领域资料 6.3"
declare("survey_village_people", "村两委、党员和村民代表应评人数", "whole", 15, unit="人", basis=BASIS, assumed=True, low=1, high=500)
declare("survey_township_people", "乡镇(街道)党委应评人数", "whole", 9, unit="人", basis=BASIS, assumed=True, low=1, high=200)
declare("survey_unit_people", "派出单位应评人数", "whole", 7, unit="人", basis=BASIS, assumed=True, low=1, high=500)
