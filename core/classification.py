"""Every field of every model that names a person, classified in one place (`domain.md` §5.3, §9.2).

public: may stand on a wall. internal: for work, says nothing of a person by itself. personal: identifies or
describes a person; shown by permission and area. sensitive: PIPL art. 28; encrypted or aggregated only.
A test fails for a field of a listed model that is missing here, and for an encrypted field that is not
personal or sensitive. Purpose and retention follow the class (`docs/operations.md`).
"""

from enum import StrEnum
from functools import cache


class Class(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


def _fields(public: str = "", internal: str = "", personal: str = "", sensitive: str = "") -> dict[str, Class]:
    return {
        name: kind
        for kind, names in ((Class.PUBLIC, public), (Class.INTERNAL, internal), (Class.PERSONAL, personal), (Class.SENSITIVE, sensitive))
        for name in names.split()
    }


CLASSES: dict[str, dict[str, Class]] = {
    "accounts.User": _fields(
        internal="id username organization post is_active must_change_password password_changed_at second_factor_at sessions_ended_at created_at last_login "
        "active_since dormant_at",
        personal="name phone",
        sensitive="password",
    ),
    "accounts.OldPassword": _fields(internal="id user replaced_at", sensitive="password"),
    "accounts.OneTimeCode": _fields(internal="id user issued_by issued_at expires_at used_at replaced_at", sensitive="digest"),
    "accounts.Session": _fields(internal="user expire_date since seen_at", personal="address agent", sensitive="session_key session_data"),
    "accounts.AccessEvent": _fields(
        internal="id at transaction user_id action table row_id subject village_id household_id detail purpose rows", personal="address"
    ),
    "households.Household": _fields(
        public="village group id_standard applied_on identified_on poverty_status status_confirmed_on plan_exit_year exit_year reloc_flag reloc_type resettlement",
        internal="id household_code version created_at updated_at warning_count ended_on end_reason continued_as surveyed_on return_reason",
        personal="phone phone_index address registered_address longitude latitude photo surveyed_by bank_name is_martyr_family is_only_child "
        "is_two_daughters attribute",
        sensitive="cause_main cause_other cause_note bank_account bank_account_index bank_account_kind",
    ),
    "households.Member": _fields(
        internal="id household village number continued_as",
        personal="name sex document_kind id_number id_number_index birth_on birth_estimated relation ethnicity marital political education schooling "
        "dropout_reason labour work_area work_place work_months public_post public_post_months medical_insured serious_illness_insured "
        "commercial_insured pension_insured employee_insured low_income_support extreme_support in_service speaks_mandarin relocated joined_on "
        "join_reason left_on leave_reason",
        sensitive="health disability_category disability_grade disability_number disability_number_index illness_note medical_aid",
    ),
    "households.DuplicatePair": _fields(
        internal="id village area score found_on state decided_by decided_on", personal="first second kept grounds reason"
    ),
    "households.VillageExitCheck": _fields(public="village item is_met", internal="id exit evidence file suggested checked_on checked_by"),
    "households.RegisterChange": _fields(
        internal="id window household village other joined left happened_on recorded_by recorded_at", personal="kind member people reason evidence"
    ),
    "households.HouseholdYear": _fields(
        public="village year poverty_status exit_year",
        internal="id household household_code population low_income_members joined left",
        personal="head_name attribute members per_capita",
        sensitive="cause_main",
    ),
    "households.ImportBatch": _fields(
        internal="id number purpose state title kind sha256 size comment year blank_clears valid_only villages needs_city headings counts plan_sha256 "
        "made_by organization made_at submitted_at confirmed_by confirmed_at opinion imported_at transaction first_event last_event undone_by undone_at undo_reason todo job",
        personal="file report annotated",
    ),
    "households.Reentry": _fields(internal="id batch household village member place item done_by done_on", personal="subject theirs ours"),
    "households.Complaint": _fields(
        internal="id number channel received_on area handled_area village household cause due_on finding answered_on answered_by reply recorded_by todo "
        "created_at is_demo",
        personal="person phone about about_name content answer",
    ),
    "households.Correction": _fields(internal="id household village case year requested_by requested_on closed_on", personal="reason document"),
    "households.CorrectionItem": _fields(
        internal="id correction household village table record field decision",
        personal="label before_label after_label reason",
        sensitive="before after",
    ),
    "households.SampleCall": _fields(internal="id sample household village rank reached called_on called_by", personal="answers is_wrong note"),
    "households.NameGram": _fields(internal="village_id household_id", personal="gram"),
    "cadres.Cadre": _fields(
        public="name home_unit post",
        internal="id code user is_demo",
        personal="sex is_party_member party_joined_on working_since_on phone",
        sensitive="health",
    ),
    "cadres.CadreAction": _fields(internal="id village done_on document unit_told_on recorded_by created_at", personal="cadre kind reason"),
    "cadres.Secondment": _fields(
        public="name home_unit post host host_post started_on ended_on months", internal="id document is_demo", personal="appraisal"
    ),
    "cadres.BodyMember": _fields(public="name post place since_on until_on", internal="id body"),
    "cadres.Leave": _fields(
        public="village starts_on ends_on",
        internal="id posting planned_until_on workdays for_village state approved_on returned_on cleared_on cleared_by "
        "applied_by applied_on created_at substitute case",
        personal="cadre destination",
        sensitive="kind reason paper",
    ),
    "cadres.Presence": _fields(
        internal="id posting village day_on kind code counts witness source_table source_id received_at is_late skew_seconds key entered_by",
        personal="cadre note at device photo",
        sensitive="position distance_m speed_kmh",
    ),
    "cadres.Allowance": _fields(
        internal="id village unit kind month_on days paid_on reported_by is_demo", personal="cadre amount", sensitive="policy_number insured_until_on"
    ),
    "cadres.Nomination": _fields(
        internal="id unit village role replaces recommended_on recommended_by state document sent_on report_by_on posting case is_demo",
        personal="name sex post is_party_member party_joined_on working_since_on reason",
        sensitive="health",
    ),
    "cadres.TrainingEnrolment": _fields(internal="id session village enrolled_by", personal="cadre"),
    "cadres.TrainingNeed": _fields(internal="id village mode noted_on noted_by met_by is_demo", personal="cadre topic"),
    "cadres.Honour": _fields(public="cadre village kind level awarded_on title", internal="id document recorded_by is_demo"),
    "cadres.Opinion": _fields(
        internal="id village channel received_on received_at sender answer answered_on answered_by recorded_by is_demo",
        personal="cadre content contact",
    ),
    "cadres.Sign": _fields(
        internal="id village alert proposed_on proposed_by stated_on statement_due_on state decided_on case is_demo",
        personal="cadre kind grounds statement",
    ),
    "cadres.PresencePosition": _fields(internal="id presence village", sensitive="point accuracy_m"),
    "assistance.Leader": _fields(public="name post organization", internal="id is_demo"),
    "assistance.Helper": _fields(public="name unit post", internal="id user is_demo", personal="phone"),
    "funds.Payment": _fields(
        internal="id batch number allocation village household member organization contract invoice household_code bank_name standard quantity amount "
        "mac reverses reissues",
        personal="person_name account_name",
        sensitive="account account_index",
    ),
    "funds.Beneficiary": _fields(internal="id project household village recorded_on", personal="benefit amount"),
    "funds.PaymentResult": _fields(internal="id payment batch village household succeeded bank_serial settled_on return_file", personal="reason"),
    "funds.CreditRating": _fields(internal="id bank village household household_code year rated_on", personal="borrower_name grade limit"),
    "funds.FinanceFile": _fields(internal="id bank village household household_code number opened_on", personal="borrower_name needs_loan note"),
    "funds.Loan": _fields(
        internal="id bank village product number borrower_kind household household_code rate lent_on due_on productive extended is_demo",
        personal="borrower_name borrower_age amount purpose",
    ),
    "funds.Clue": _fields(
        internal="id number source alert village received_on state closed_on registered_by registered_at", personal="title content result"
    ),
    "funds.ClueTransfer": _fields(internal="id clue village kind to document sent_on replied_on", personal="note reply"),
    "funds.Accountability": _fields(
        internal="id clue village organization decided_on decided_by document", personal="person_name cadre post form note"
    ),
    "funds.ClueEvent": _fields(internal="id clue village at user action", personal="note"),
    "funds.Supervisor": _fields(public="name organization post is_head", internal="id since until is_demo"),
    "workflow.Draft": _fields(internal="id owner form updated_at", personal="label data"),
    "workflow.Alert": _fields(
        internal="id rule code table row_id about fingerprint village household_id organization found_on gone_on state closed_by closed_at reason",
        personal="title inputs",
    ),
    "workflow.BulkChangeRow": _fields(
        internal="id change row_id village household_id refusal undone", personal="label before after before_label after_label"
    ),
    "workflow.Attachment": _fields(internal="id owner village household_id area kind title sha256 size created_at expires_at", personal="file"),
    "workflow.PublicNotice": _fields(
        public="kind number word title body signer columns level village area case starts_on days day_kind ends_on state taken_down_at released_at",
        internal="id snapshot_sha256 released_by end_reason is_demo",
        personal="lines",
    ),
    "workflow.Objection": _fields(
        internal="id notice receipt line_key channel received_on received_by village area level state handle_due_on escalated reason result upheld "
        "handled_by handled_on todo created_at",
        personal="line_label content person phone sender_index",
    ),
    "assessments.Assessment": _fields(
        public="village role home_unit total grade rank",
        internal="id period cadre cadre_user case days_served stage reported_on reported_by scored_by scored_on reviewed_by reviewed_on confirmed_on is_chosen "
        "is_demo",
        personal="return_reason report card attendance duty satisfaction bonus place_words chosen_reason",
    ),
    "assessments.Entry": _fields(internal="id assessment village kind key evidence entered_by entered_at subject", personal="value words details"),
    "assessments.BonusClaim": _fields(
        internal="id assessment village kind level fact_key issued_on certified_by proof claimed_by state decided_by", personal="fact document reason"
    ),
    "assessments.VetoFinding": _fields(
        internal="id assessment village kind found_on proof proposed_by state decided_by", sensitive="words statement reason"
    ),
    "assessments.Opinion": _fields(public="text given_on", internal="id assessment village body entered_by"),
    "assessments.Comment": _fields(internal="id assessment village code author created_at", personal="text"),
    "assessments.Score": _fields(
        public="total grade rank",
        internal="id assessment village transaction made_at version made_by",
        personal="card attendance duty satisfaction bonus reason",
    ),
    "assessments.Appeal": _fields(internal="id assessment village score filed_on filed_by state decided_by decided_on", personal="grounds answer"),
    "assessments.ScoreUse": _fields(internal="id assessment village kind used_on entered_by", personal="words"),
    "assessments.AppraisalChart": _fields(public="version number released_on", internal="id assessment village released_by file"),
    "workflow.Case": _fields(
        internal="id procedure kind number village household_id area unit started_by applicant started_at state step round version due_on ended_at",
        personal="title",
    ),
    "workflow.Decision": _fields(internal="id case step round level word user on_behalf_of applicant result at", personal="opinion"),
    "workflow.Evidence": _fields(internal="id case step label added_by added_at", personal="attachment"),
    "workflow.SignedSheet": _fields(internal="id case step round content_sha256 printed_at printed_by scanned_at scanned_by", personal="attachment"),
    "workflow.Signature": _fields(internal="id sheet party means can_sign signed_on", personal="name witness"),
    "workflow.Todo": _fields(
        internal="id kind case url village household_id role area place unit user without due_on sorted_on created_at opened_by first_seen_at "
        "first_seen_by done_at done_by dropped reminded",
        personal="title note",
    ),
    "workflow.Message": _fields(internal="id user url created_at read_at", personal="text"),
    "reports.ChartRelease": _fields(
        public="village version number data_on released_on posted_on taken_down_on",
        internal="id snapshot_sha256 released_by photo is_demo created_at",
        personal="snapshot",
    ),
}


def class_of(label: str, field: str) -> Class:
    """The class of a field; KeyError says it has none yet."""
    return CLASSES[label][field]


@cache
def names_persons(table: str) -> bool:
    """Whether a table's rows are of persons: a classified model with personal fields, or rows that belong to a household."""
    from core.walls import our_models, walled

    model = next((model for model in our_models() if model._meta.db_table == table), None)
    if model is None:
        return False
    wall = walled(model)
    return bool({*CLASSES.get(model._meta.label, {}).values()} & {Class.PERSONAL, Class.SENSITIVE}) or bool(wall and wall.household)
