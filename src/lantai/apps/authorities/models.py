"""Authorities, their names with years, how they stand to each other, and what was merged."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.authorities.types import AuthorityKind, Maturity, NameKind, RelationKind


class Authority(models.Model):
    """A record of authority, kept by one archives. ``merged_into`` leads straight to the record that stands."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("建立单位"))
    kind = models.CharField(_("种类"), max_length=12, choices=AuthorityKind)
    name = models.CharField(_("规范名称"), max_length=200)
    folded = models.CharField(max_length=200, editable=False, db_collation="C", blank=True)
    code = models.CharField(_("代码"), max_length=32, blank=True)
    unit = models.ForeignKey(
        "orgs.Org", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("平台单位")
    )
    began = models.CharField(_("起始日期"), max_length=24, blank=True)
    ended = models.CharField(_("终止日期"), max_length=24, blank=True)
    began_year = models.SmallIntegerField(_("起始年"), null=True, blank=True)
    ended_year = models.SmallIntegerField(_("终止年"), null=True, blank=True)
    history = models.TextField(_("沿革或生平"), blank=True)
    functions = models.TextField(_("职能或职业"), blank=True)
    mandate = models.TextField(_("设立依据"), blank=True)
    structure = models.TextField(_("内部机构或谱系"), blank=True)
    context = models.TextField(_("背景"), blank=True)
    note = models.TextField(_("附注"), blank=True)
    maturity = models.CharField(_("完成程度"), max_length=8, choices=Maturity, default=Maturity.DRAFT)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name=_("已并入")
    )
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("建立时间"))
    updated_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("规范记录")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="authorities_not_merged_into_itself",
            ),
            models.UniqueConstraint(
                fields=("org", "unit"),
                condition=Q(unit__isnull=False, merged_into__isnull=True),
                name="authorities_unit_once",
            ),
        )
        indexes = (
            models.Index(fields=("org", "kind", "folded", "id"), name="authorities_by_name"),
            models.Index(
                fields=("code",),
                name="authorities_by_code",
                condition=~Q(code=""),
            ),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.org.natural_key(), self.kind, self.name, self.began, self.pk)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of this record."""
        return reverse("authorities:authority", args=[self.pk])

    @property
    def dates(self) -> str:
        """1949—1983, with what is known of it."""
        return f"{self.began}—{self.ended}" if self.began or self.ended else ""


class Name(models.Model):
    """One name of an authority: what it was called, in which years; of a place also its code in those years."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="names")
    kind = models.CharField(_("名称类型"), max_length=10, choices=NameKind)
    text = models.CharField(_("名称"), max_length=200)
    folded = models.CharField(max_length=200, editable=False, db_collation="C")
    sound = models.CharField(max_length=400, editable=False, db_collation="C", blank=True)
    initials = models.CharField(max_length=200, editable=False, db_collation="C", blank=True)
    began_year = models.SmallIntegerField(_("起用年"), null=True, blank=True)
    ended_year = models.SmallIntegerField(_("停用年"), null=True, blank=True)
    code = models.CharField(_("行政区划代码"), max_length=12, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("名称")
        ordering = ("began_year", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("authority",), condition=Q(kind="preferred"), name="authorities_one_preferred_name"
            ),
        )
        indexes = (
            models.Index(fields=("folded", "authority"), name="authorities_name_folded"),
            models.Index(fields=("sound", "authority"), name="authorities_name_sound"),
            models.Index(fields=("initials", "authority"), name="authorities_name_initials"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.authority.natural_key(), self.kind, self.text, self.pk)

    def __str__(self) -> str:
        return self.text

    @property
    def years(self) -> str:
        """1949—1983."""
        return years_of(self.began_year, self.ended_year)


class Relation(models.Model):
    """How one authority stood to another, in which years."""

    source = models.ForeignKey(Authority, models.CASCADE, related_name="relations")
    target = models.ForeignKey(Authority, models.CASCADE, related_name="related_from")
    kind = models.CharField(_("关系"), max_length=12, choices=RelationKind)
    began_year = models.SmallIntegerField(_("起始年"), null=True, blank=True)
    ended_year = models.SmallIntegerField(_("终止年"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("关系")
        ordering = ("kind", "began_year", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(source=F("target")), name="authorities_two_ends"),
            models.UniqueConstraint(
                fields=("source", "target", "kind", "began_year"),
                name="authorities_relation_once",
                nulls_distinct=False,
            ),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.source.natural_key(), self.kind, *self.target.natural_key(), self.began_year)

    @property
    def years(self) -> str:
        """1949—1983."""
        return years_of(self.began_year, self.ended_year)


class Source(models.Model):
    """Where something in a record is from (ISAAR 5.4.8)."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="sources")
    citation = models.CharField(_("来源"), max_length=400)
    found = models.TextField(_("所得内容"), blank=True)

    class Meta:
        verbose_name = _("来源")
        ordering = ("id",)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.authority.natural_key(), self.pk)

    def __str__(self) -> str:
        return self.citation


class AuthorityVersion(models.Model):
    """The whole record as it stood after one edit, for comparing and restoring."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField(_("版次"))
    body = models.JSONField()
    act = models.CharField(max_length=64)
    editor_id = models.BigIntegerField(null=True)
    editor_name = models.CharField(_("修改人"), max_length=64)
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("规范记录版本")
        ordering = ("-revision",)
        constraints = (
            models.UniqueConstraint(fields=("authority", "revision"), name="authorities_revision_once"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.authority.natural_key(), self.revision)


class Merge(models.Model):
    """Several records found to be one; undone by putting every pointer back."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("建立单位"))
    survivor = models.ForeignKey(Authority, models.PROTECT, related_name="merges", verbose_name=_("保留"))
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    merged_at = models.DateTimeField(_("合并时间"))
    merger_name = models.CharField(_("合并人"), max_length=64)
    moved_count = models.PositiveIntegerField(_("改指的著录"), default=0)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("合并")
        ordering = ("-id",)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.survivor.natural_key(), self.pk)

    def __str__(self) -> str:
        return str(self.survivor)


class MergeMember(models.Model):
    """A record that a merge pointed elsewhere, and where it pointed before."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="members")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    former = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("被合并的记录")
        constraints = (
            models.UniqueConstraint(fields=("merge", "authority"), name="authorities_merged_once"),
        )


class Different(models.Model):
    """Two records that look alike and were found to be of two things; the smaller id first."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+")
    first = models.ForeignKey(Authority, models.CASCADE, related_name="+")
    second = models.ForeignKey(Authority, models.CASCADE, related_name="+")
    said_by = models.CharField(max_length=64)
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = _("不是同一对象")
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="authorities_different_once"),
        )


class Vocabulary(models.Model):
    """A controlled list (受控词表) of an archives."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("建立单位"))
    slug = models.SlugField(_("标识"), max_length=40)
    name = models.CharField(_("词表名称"), max_length=80)
    note = models.TextField(_("说明"), blank=True)
    is_open = models.BooleanField(_("著录时可以添词"), default=False)

    class Meta:
        verbose_name = _("词表")
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=("org", "slug"), name="authorities_slug_once"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.org.natural_key(), self.slug)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of this vocabulary."""
        return reverse("authorities:vocabulary", args=[self.pk])


class Term(models.Model):
    """One word of a vocabulary."""

    vocabulary = models.ForeignKey(Vocabulary, models.CASCADE, related_name="terms")
    label = models.CharField(_("词"), max_length=120)
    folded = models.CharField(max_length=120, editable=False, db_collation="C")
    sound = models.CharField(max_length=240, editable=False, db_collation="C", blank=True)
    initials = models.CharField(max_length=120, editable=False, db_collation="C", blank=True)
    code = models.CharField(_("代码"), max_length=32, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("词")
        ordering = ("label", "id")
        constraints = (
            models.UniqueConstraint(fields=("vocabulary", "folded"), name="authorities_term_once"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.vocabulary.natural_key(), self.folded)

    def __str__(self) -> str:
        return self.label


def years_of(began: int | None, ended: int | None) -> str:
    """1949—1983, with what is known of it; "" where nothing is."""
    return f"{began or ''}—{ended or ''}" if began or ended else ""
