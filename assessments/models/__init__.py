"""The "331" assessment: schemes, periods, what is put into a score, surveys, and the frozen scores."""

from assessments.models.entries import BonusClaim, Comment, Entry, Opinion, SiteSheet, VetoFinding
from assessments.models.periods import Assessment, Period, Span
from assessments.models.schemes import AssessmentPart, AssessmentScheme, BonusKind, Indicator, VetoKind
from assessments.models.scores import Appeal, AppraisalChart, Score, ScoreSeal, ScoreUse
from assessments.models.surveys import Answer, Ballot, BallotBox, PaperBatch, SurveyRound

__all__ = [
    "Answer", "Appeal", "AppraisalChart", "Assessment", "AssessmentPart", "AssessmentScheme", "Ballot", "BallotBox", "BonusClaim", "BonusKind",
    "Comment", "Entry", "Indicator", "Opinion", "PaperBatch", "Period", "Score", "ScoreSeal", "ScoreUse", "SiteSheet", "Span", "SurveyRound",
    "VetoFinding", "VetoKind",
]  # fmt: skip
