"""Every role of the product: who may do what, in one file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.permissions import P as ACQUISITION
from lantai.apps.authorities.permissions import P as AUTHORITIES
from lantai.apps.backup.permissions import P as BACKUP
from lantai.apps.carriers.permissions import P as CARRIERS
from lantai.apps.catalogue.permissions import P as CATALOGUE
from lantai.apps.connectors.permissions import P as CONNECTORS
from lantai.apps.copies.permissions import P as COPIES
from lantai.apps.custody.permissions import P as CUSTODY
from lantai.apps.disposal.permissions import P as DISPOSAL
from lantai.apps.filing.permissions import P as FILING
from lantai.apps.holdings.permissions import P as HOLDINGS
from lantai.apps.imports.permissions import P as IMPORTS
from lantai.apps.intake.permissions import P as INTAKE
from lantai.apps.interop.permissions import P as INTEROP
from lantai.apps.kinds.permissions import P as KINDS
from lantai.apps.migration.permissions import P as MIGRATION
from lantai.apps.printing.permissions import P as PRINTING
from lantai.apps.quality.permissions import P as QUALITY
from lantai.apps.readingroom.permissions import P as READINGROOM
from lantai.apps.schemes.permissions import P as SCHEMES
from lantai.apps.singleset.permissions import P as SINGLESET
from lantai.apps.topics.permissions import P as TOPICS
from lantai.platform.accounts.permissions import P as ACCOUNTS
from lantai.platform.accounts.types import Officer, Reach, Role
from lantai.platform.jobs.permissions import P as JOBS
from lantai.platform.ledger.permissions import P as LEDGER
from lantai.platform.orgs.types import OrgKind
from lantai.platform.places.permissions import P as PLACES
from lantai.platform.witness.permissions import P as WITNESS

AT_AGENCY = frozenset({OrgKind.AGENCY.value})
AT_ARCHIVES = frozenset({OrgKind.ARCHIVES.value})
AT_BUREAU = frozenset({OrgKind.BUREAU.value})
ANYWHERE_OFFICIAL = AT_ARCHIVES | AT_BUREAU

_READS_OWN = {
    HOLDINGS.FONDS_READ,
    AUTHORITIES.AUTHORITY_READ,
    TOPICS.TOPIC_READ,
    CATALOGUE.ITEM_READ,
    CATALOGUE.CONTENT_READ,
    CUSTODY.PACKAGE_READ,
    CUSTODY.CHECK_READ,
    COPIES.COPY_READ,
    PRINTING.PAPER_PRINT,
    INTAKE.SUBMISSION_READ,
    INTAKE.AGREEMENT_READ,
}

ROLES: tuple[Role, ...] = (
    Role(
        slug="agency_clerk",
        label=_("兼职档案员"),
        org_kinds=AT_AGENCY,
        permissions=frozenset(
            {
                CUSTODY.CHECK_JUDGE,
                SINGLESET.ASSESSMENT_READ,
                SINGLESET.ASSESSMENT_DRAFT,
                *_READS_OWN,
                ACQUISITION.EVENT_READ,
                ACQUISITION.EVENT_REPORT,
                FILING.DOCUMENT_READ,
                FILING.DOCUMENT_CAPTURE,
                FILING.DOCUMENT_ARRANGE,
                FILING.BATCH_READ,
                FILING.BATCH_COMPOSE,
                CONNECTORS.CONNECTOR_READ,
                CONNECTORS.DELIVERY_READ,
                CONNECTORS.DELIVERY_HANDLE,
                CUSTODY.CHECK_RUN,
                CUSTODY.BUNDLE_MAKE,
                CATALOGUE.ITEM_ARRANGE,
                CATALOGUE.ITEM_EXPORT,
                IMPORTS.RECORDS_EXPORT,
            }
        ),
    ),
    Role(
        slug="agency_lead",
        label=_("档案工作负责人"),
        org_kinds=AT_AGENCY,
        permissions=frozenset(
            {
                CUSTODY.CHECK_OVERRIDE,
                SINGLESET.ASSESSMENT_READ,
                SINGLESET.ASSESSMENT_DRAFT,
                *_READS_OWN,
                ACQUISITION.EVENT_READ,
                ACQUISITION.EVENT_REPORT,
                FILING.DOCUMENT_READ,
                FILING.BATCH_READ,
                FILING.BATCH_SEAL,
                CONNECTORS.CONNECTOR_READ,
                CONNECTORS.DELIVERY_READ,
                CONNECTORS.DELIVERY_HANDLE,
                CUSTODY.CHECK_RUN,
                CUSTODY.BUNDLE_MAKE,
                INTAKE.SUBMISSION_SUBMIT,
                INTAKE.AGREEMENT_DRAFT,
                INTAKE.AGREEMENT_SIGN,
                HOLDINGS.SCHEDULE_DRAFT,
                JOBS.RUN_READ,
            }
        ),
    ),
    Role(
        slug="oa_connector",
        label=_("办公系统接口"),
        org_kinds=AT_AGENCY,
        permissions=frozenset({FILING.DOCUMENT_CAPTURE, FILING.DOCUMENT_READ, CONNECTORS.DELIVERY_SEND}),
    ),
    Role(
        slug="package_connector",
        label=_("信息包接口"),
        org_kinds=AT_AGENCY,
        permissions=frozenset({INTAKE.SUBMISSION_SUBMIT, INTAKE.SUBMISSION_READ, CONNECTORS.DELIVERY_SEND}),
    ),
    Role(
        slug="archivist",
        label=_("接收保管员"),
        org_kinds=AT_ARCHIVES,
        permissions=frozenset(
            {
                CUSTODY.CHECK_JUDGE,
                SCHEMES.SCHEME_READ,
                SCHEMES.SCHEME_DRAFT,
                KINDS.KIND_READ,
                KINDS.KIND_DESIGN,
                CARRIERS.CARRIER_READ,
                CARRIERS.CARRIER_MANAGE,
                QUALITY.QUALITY_READ,
                PRINTING.BOX_READ,
                PRINTING.BOX_MANAGE,
                ACQUISITION.CASE_READ,
                ACQUISITION.CASE_HANDLE,
                ACQUISITION.VOICE_READ,
                ACQUISITION.VOICE_HANDLE,
                ACQUISITION.EVENT_READ,
                ACQUISITION.EVENT_HANDLE,
                ACQUISITION.PERSON_READ,
                *_READS_OWN,
                INTAKE.SUBMISSION_TEST,
                INTAKE.SUBMISSION_DECIDE,
                INTAKE.SUBMISSION_CONFIRM,
                INTAKE.AGREEMENT_DRAFT,
                CUSTODY.CHECK_RUN,
                CUSTODY.BUNDLE_MAKE,
                CATALOGUE.ITEM_ARRANGE,
                CATALOGUE.ITEM_EXPORT,
                IMPORTS.RECORDS_EXPORT,
                HOLDINGS.FONDS_MANAGE,
                COPIES.COPY_VERIFY,
                COPIES.COPY_MOVE,
                COPIES.ORPHAN_SETTLE,
                JOBS.RUN_READ,
                PLACES.PLACE_READ,
                DISPOSAL.LIST_READ,
                DISPOSAL.LIST_DRAFT,
                DISPOSAL.LIST_APPRAISE,
                DISPOSAL.LIST_EXECUTE,
                DISPOSAL.HOLD_READ,
                MIGRATION.FORMAT_READ,
                MIGRATION.PLAN_READ,
                MIGRATION.PLAN_DRAFT,
                MIGRATION.PLAN_RUN,
            }
        ),
    ),
    Role(
        slug="cataloguer",
        label=_("著录员"),
        org_kinds=AT_ARCHIVES,
        permissions=frozenset(
            {
                *_READS_OWN,
                KINDS.KIND_READ,
                CATALOGUE.ITEM_DESCRIBE,
                CATALOGUE.NUMBER_REVEAL,
                IMPORTS.BATCH_READ,
                IMPORTS.BATCH_ENTER,
                IMPORTS.FILES_READ,
                IMPORTS.FILES_ATTACH,
                IMPORTS.UPLOAD_SEND,
                AUTHORITIES.AUTHORITY_MANAGE,
                AUTHORITIES.AUTHORITY_MERGE,
                AUTHORITIES.VOCABULARY_MANAGE,
                TOPICS.TOPIC_MANAGE,
                QUALITY.QUALITY_READ,
                QUALITY.QUALITY_COUNT,
                CATALOGUE.ITEM_ARRANGE,
                CATALOGUE.ITEM_EXPORT,
                IMPORTS.RECORDS_EXPORT,
                INTEROP.SOURCE_READ,
                INTEROP.SOURCE_MANAGE,
                INTEROP.REPORT_READ,
                INTEROP.REPORT_MANAGE,
                ACQUISITION.CASE_READ,
                ACQUISITION.CASE_HANDLE,
                DISPOSAL.LIST_READ,
                DISPOSAL.LIST_APPRAISE,
                DISPOSAL.LIST_SUPERVISE,
                DISPOSAL.HOLD_READ,
            }
        ),
    ),
    Role(
        slug="catalogue_reporter",
        label=_("目录报送接口"),
        org_kinds=AT_ARCHIVES,
        permissions=frozenset({INTEROP.REPORT_DELIVER}),
    ),
    Role(
        slug="reading_clerk",
        label=_("查档窗口"),
        org_kinds=AT_ARCHIVES,
        permissions=frozenset(
            {
                HOLDINGS.FONDS_READ,
                CATALOGUE.ITEM_READ,
                CATALOGUE.CONTENT_READ,
                READINGROOM.REQUEST_READ,
                READINGROOM.REQUEST_HANDLE,
                DISPOSAL.LIST_READ,
                DISPOSAL.LIST_SUPERVISE,
            }
        ),
    ),
    Role(
        slug="approver",
        label=_("出证审核员"),
        org_kinds=AT_ARCHIVES,
        permissions=frozenset(
            {
                HOLDINGS.FONDS_READ,
                CATALOGUE.ITEM_READ,
                CATALOGUE.CONTENT_READ,
                READINGROOM.REQUEST_READ,
                READINGROOM.CERTIFICATE_APPROVE,
                READINGROOM.CERTIFICATE_REVOKE,
                DISPOSAL.LIST_READ,
                DISPOSAL.LIST_APPROVE,
                DISPOSAL.HOLD_READ,
            }
        ),
    ),
    Role(
        slug="archives_head",
        label=_("馆长"),
        org_kinds=AT_ARCHIVES,
        permissions=frozenset(
            {
                INTEROP.SOURCE_READ,
                INTEROP.REPORT_READ,
                CUSTODY.CHECK_OVERRIDE,
                SCHEMES.SCHEME_READ,
                SCHEMES.SCHEME_PUBLISH,
                KINDS.KIND_READ,
                KINDS.KIND_PUBLISH,
                PRINTING.BOX_READ,
                CARRIERS.CARRIER_READ,
                ACQUISITION.CASE_READ,
                ACQUISITION.CASE_APPROVE,
                ACQUISITION.EVENT_READ,
                ACQUISITION.VOICE_READ,
                ACQUISITION.PERSON_READ,
                *_READS_OWN,
                INTAKE.SUBMISSION_CONFIRM,
                INTAKE.AGREEMENT_SIGN,
                READINGROOM.REQUEST_READ,
                COPIES.COPY_VERIFY,
                COPIES.POLICY_MANAGE,
                COPIES.PLACE_RETIRE,
                JOBS.RUN_READ,
                JOBS.RUN_MANAGE,
                PLACES.PLACE_READ,
                DISPOSAL.LIST_READ,
                DISPOSAL.LIST_APPROVE,
                DISPOSAL.HOLD_READ,
                DISPOSAL.HOLD_MANAGE,
                TOPICS.TOPIC_SHARE,
                QUALITY.QUALITY_READ,
                MIGRATION.FORMAT_READ,
                MIGRATION.FORMAT_JUDGE,
                MIGRATION.PLAN_READ,
                MIGRATION.PLAN_APPROVE,
            }
        ),
    ),
    Role(
        slug="supervisor",
        label=_("监督指导员"),
        org_kinds=AT_BUREAU,
        reach=Reach.BELOW,
        permissions=frozenset(
            {
                INTEROP.SOURCE_READ,
                INTEROP.SOURCE_MANAGE,
                INTEROP.REPORT_READ,
                SCHEMES.SCHEME_READ,
                SINGLESET.ASSESSMENT_READ,
                SINGLESET.ASSESSMENT_REVIEW,
                SINGLESET.ASSESSMENT_APPROVE,
                ACQUISITION.EVENT_READ,
                HOLDINGS.FONDS_READ,
                CONNECTORS.CONNECTOR_READ,
                HOLDINGS.SCHEDULE_APPROVE,
                HOLDINGS.RULE_MANAGE,
                INTAKE.SUBMISSION_READ,
                INTAKE.AGREEMENT_READ,
                CUSTODY.CHECK_READ,
            }
        ),
    ),
    Role(
        slug="system_officer",
        label=_("系统管理员"),
        officer=Officer.SYSTEM,
        org_kinds=ANYWHERE_OFFICIAL,
        reach=Reach.BELOW,
        permissions=frozenset(
            {
                ACCOUNTS.USER_READ,
                ACCOUNTS.USER_MANAGE,
                ACCOUNTS.TOKEN_MANAGE,
                CONNECTORS.CONNECTOR_READ,
                CONNECTORS.CONNECTOR_MANAGE,
                BACKUP.PLAN_READ,
                BACKUP.PLAN_MANAGE,
                JOBS.RUN_READ,
                JOBS.RUN_MANAGE,
                PLACES.PLACE_READ,
                PLACES.PLACE_MANAGE,
            }
        ),
    ),
    Role(
        slug="security_officer",
        label=_("安全管理员"),
        officer=Officer.SECURITY,
        org_kinds=ANYWHERE_OFFICIAL,
        reach=Reach.BELOW,
        permissions=frozenset(
            {
                ACCOUNTS.USER_READ,
                ACCOUNTS.ROLE_ASSIGN,
                WITNESS.LOG_READ,
                WITNESS.PEER_READ,
                WITNESS.PEER_MANAGE,
            }
        ),
    ),
    Role(
        slug="audit_officer",
        label=_("审计管理员"),
        officer=Officer.AUDIT,
        org_kinds=ANYWHERE_OFFICIAL,
        reach=Reach.BELOW,
        permissions=frozenset({LEDGER.ENTRY_READ, WITNESS.LOG_READ, WITNESS.PEER_READ}),
    ),
)
