# fmt: off
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


def count_what_was_decided(apps, _schema_editor):
    """Transfers that were decided before had all items accepted, or none."""
    submissions = apps.get_model("intake", "Submission").objects
    submissions.filter(state="accepted").update(accepted_item_count=models.F("item_count"))
    submissions.filter(state="returned").update(returned_item_count=models.F("failed_item_count"))


class Migration(migrations.Migration):
    dependencies = [
        ("carriers", "0001_initial"),
        ("custody", "0002_examination_and_whole_reports"),
        ("holdings", "0001_initial"),
        ("intake", "0001_initial"),
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="submission", name="accepted_item_count", field=models.PositiveIntegerField(default=0, verbose_name="接收件数")),
        migrations.AddField(
            model_name="submission",
            name="carrier",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="carriers.carrier", verbose_name="载体"),
        ),
        migrations.AddField(model_name="submission", name="confirmed_at", field=models.DateTimeField(null=True, verbose_name="复核时间")),
        migrations.AddField(model_name="submission", name="confirmer_name", field=models.CharField(blank=True, max_length=64, verbose_name="复核人")),
        migrations.AddField(model_name="submission", name="decision", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="submission", name="package_failures", field=models.JSONField(default=list)),
        migrations.AddField(model_name="submission", name="returned_item_count", field=models.PositiveIntegerField(default=0, verbose_name="退回件数")),
        migrations.AddField(
            model_name="submission",
            name="sent_package",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="custody.package", verbose_name="移交的信息包"
            ),
        ),
        migrations.AddField(model_name="submissionfile", name="examination", field=models.JSONField(null=True)),
        migrations.AddField(model_name="submissionfile", name="raw_name_hex", field=models.TextField(blank=True)),
        migrations.AddField(model_name="submissionfile", name="scan", field=models.JSONField(null=True)),
        migrations.AddField(model_name="submissionitem", name="carried", field=models.JSONField(null=True)),
        migrations.AddField(model_name="submissionitem", name="opinion", field=models.JSONField(default=dict)),
        migrations.AlterField(
            model_name="submission",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "已提交"),
                    ("checking", "检测中"),
                    ("passed", "检测合格"),
                    ("failed", "检测不合格"),
                    ("to_confirm", "待复核"),
                    ("accepting", "接收中"),
                    ("accepted", "已接收"),
                    ("partly", "部分接收"),
                    ("returned", "已退回"),
                    ("withdrawn", "已撤回"),
                ],
                default="submitted",
                max_length=12,
                verbose_name="状态",
            ),
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60, verbose_name="协议编号")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版次")),
                ("title", models.CharField(max_length=200, verbose_name="协议名称")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草拟"),
                            ("by_agency", "移交单位已确认"),
                            ("by_archives", "接收单位已确认"),
                            ("agreed", "已约定"),
                            ("in_force", "施行中"),
                            ("ended", "已终止"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "layouts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None, verbose_name="接受的信息包结构"
                    ),
                ),
                (
                    "formats",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None, verbose_name="接受的文件格式"
                    ),
                ),
                ("most_bytes", models.BigIntegerField(null=True, verbose_name="每批最大数据量（字节）")),
                ("most_files", models.PositiveIntegerField(null=True, verbose_name="每批最多文件数")),
                ("most_items", models.PositiveIntegerField(null=True, verbose_name="每批最多件数")),
                ("needs_two_people", models.BooleanField(default=True, verbose_name="交接双人")),
                ("due_within_years", models.PositiveSmallIntegerField(default=5, verbose_name="移交期限（年）")),
                (
                    "counts_from",
                    models.CharField(
                        choices=[("formed", "形成年度"), ("filed", "归档年度（形成的次年）")], default="filed", max_length=8, verbose_name="期限起算"
                    ),
                ),
                ("agency_signer", models.CharField(blank=True, max_length=64, verbose_name="移交单位签署人")),
                ("archives_signer", models.CharField(blank=True, max_length=64, verbose_name="接收单位签署人")),
                ("valid_from", models.DateField(verbose_name="施行日期")),
                ("valid_until", models.DateField(null=True, verbose_name="终止日期")),
                ("note", models.TextField(blank=True, verbose_name="其他约定")),
                ("drafter_name", models.CharField(blank=True, max_length=64, verbose_name="起草人")),
                ("drafted_at", models.DateTimeField(verbose_name="起草时间")),
                ("agency_signed_by", models.CharField(blank=True, max_length=64, verbose_name="移交单位确认人")),
                ("agency_signed_at", models.DateTimeField(null=True, verbose_name="移交单位确认时间")),
                ("archives_signed_by", models.CharField(blank=True, max_length=64, verbose_name="接收单位确认人")),
                ("archives_signed_at", models.DateTimeField(null=True, verbose_name="接收单位确认时间")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="移交单位")),
                ("archives", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="接收单位")),
                ("follows", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="followed_by", to="intake.agreement")),
            ],
            options={"verbose_name": "移交协议", "ordering": ("-id",)},
        ),
        migrations.CreateModel(
            name="AgreedKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scheme", models.CharField(max_length=60, verbose_name="检测方案")),
                ("kind", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="holdings.recordkind", verbose_name="档案种类")),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="kinds", to="intake.agreement")),
            ],
            options={"verbose_name": "约定的档案种类", "ordering": ("agreement", "kind")},
        ),
        migrations.AddField(
            model_name="submission",
            name="agreement",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.agreement", verbose_name="移交协议"),
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=60, unique=True, verbose_name="预告编号")),
                ("title", models.CharField(max_length=200, verbose_name="交接工作名称")),
                (
                    "mode",
                    models.CharField(
                        choices=[("online", "在线移交"), ("package", "移交信息包"), ("folder", "离线载体")], max_length=8, verbose_name="移交方式"
                    ),
                ),
                ("item_count", models.PositiveIntegerField(verbose_name="预计件数")),
                ("byte_count", models.BigIntegerField(default=0, verbose_name="预计数据量")),
                ("carrier", models.CharField(blank=True, max_length=200, verbose_name="载体类型和数量")),
                ("planned_on", models.DateField(verbose_name="计划移交日期")),
                ("proposed_on", models.DateField(null=True, verbose_name="档案馆建议日期")),
                ("note", models.TextField(blank=True, verbose_name="内容描述")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "待档案馆答复"),
                            ("proposed", "档案馆另提日期"),
                            ("confirmed", "已约定"),
                            ("arrived", "已移交"),
                            ("withdrawn", "已取消"),
                        ],
                        default="sent",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("announcer_name", models.CharField(blank=True, max_length=64, verbose_name="预告人")),
                ("announced_at", models.DateTimeField(verbose_name="预告时间")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="移交单位")),
                ("archives", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="接收单位")),
                ("kind", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="holdings.recordkind", verbose_name="档案种类")),
            ],
            options={"verbose_name": "移交预告", "ordering": ("-id",)},
        ),
        migrations.AddField(
            model_name="submission",
            name="announcement",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="intake.announcement", verbose_name="移交预告"
            ),
        ),
        migrations.CreateModel(
            name="Due",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("due_on", models.DateField(verbose_name="应移交日期")),
                ("extended_to", models.DateField(null=True, verbose_name="延期至")),
                ("extension_basis", models.CharField(blank=True, max_length=300, verbose_name="延期依据")),
                ("waived_at", models.DateTimeField(null=True, verbose_name="免予移交时间")),
                ("waived_reason", models.CharField(blank=True, max_length=300, verbose_name="免予移交理由")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("reminded", models.CharField(blank=True, choices=[("early", "提前"), ("soon", "临期"), ("overdue", "逾期")], max_length=8)),
                ("reminded_on", models.DateField(null=True, verbose_name="最近提醒")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="移交单位")),
                ("archives", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="接收单位")),
                ("kind", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="holdings.recordkind", verbose_name="档案种类")),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.submission", verbose_name="完成的批次"
                    ),
                ),
            ],
            options={"verbose_name": "应移交", "ordering": ("due_on", "id")},
        ),
        migrations.AddField(
            model_name="announcement",
            name="due",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="announcements", to="intake.due", verbose_name="应移交"
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="due",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="intake.due", verbose_name="应移交"),
        ),
        migrations.CreateModel(
            name="PreparedOpinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item_key", models.CharField(max_length=120)),
                ("opinion", models.JSONField(default=dict)),
                ("editor_name", models.CharField(blank=True, max_length=64, verbose_name="填写人")),
                ("edited_at", models.DateTimeField(verbose_name="填写时间")),
                ("package", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="custody.package")),
            ],
            options={"verbose_name": "移交附表", "ordering": ("package", "item_key")},
        ),
        migrations.CreateModel(
            name="Register",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("issued", "待双方确认"), ("by_agency", "移交单位已确认"), ("by_archives", "接收单位已确认"), ("confirmed", "双方已确认")],
                        default="issued",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("agency_checks", models.JSONField(default=dict)),
                ("archives_checks", models.JSONField(default=dict)),
                ("issued_at", models.DateTimeField(verbose_name="填制时间")),
                ("agency_confirmed_by", models.CharField(blank=True, max_length=64, verbose_name="移交单位确认人")),
                ("agency_confirmed_at", models.DateTimeField(null=True, verbose_name="移交单位确认时间")),
                ("agency_entry_id", models.BigIntegerField(null=True)),
                ("archives_confirmed_by", models.CharField(blank=True, max_length=64, verbose_name="接收单位确认人")),
                ("archives_confirmed_at", models.DateTimeField(null=True, verbose_name="接收单位确认时间")),
                ("archives_entry_id", models.BigIntegerField(null=True)),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="移交单位")),
                ("archives", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="接收单位")),
                (
                    "submission",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="register", to="intake.submission", verbose_name="移交批次"),
                ),
            ],
            options={"verbose_name": "移交与接收登记表", "ordering": ("-id",)},
        ),
        migrations.CreateModel(
            name="ReturnList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=64, unique=True, verbose_name="退回清单号")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待补正"), ("answered", "已补正"), ("closed", "已结案")], default="open", max_length=12, verbose_name="状态"
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="退回时间")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="移交单位")),
                ("archives", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.org", verbose_name="接收单位")),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="return_list", to="intake.submission", verbose_name="移交批次"
                    ),
                ),
            ],
            options={"verbose_name": "退回清单", "ordering": ("-id",)},
        ),
        migrations.CreateModel(
            name="ReturnEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dropped_at", models.DateTimeField(null=True, verbose_name="不再移交")),
                ("dropped_reason", models.CharField(blank=True, max_length=300, verbose_name="不再移交的理由")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.submissionitem", verbose_name="补正后的件"
                    ),
                ),
                ("item", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="return_entry", to="intake.submissionitem")),
                ("return_list", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="intake.returnlist")),
            ],
            options={"verbose_name": "退回的件", "ordering": ("return_list", "id")},
        ),
        migrations.AddConstraint(
            model_name="agreement", constraint=models.UniqueConstraint(fields=("number", "version"), name="intake_agreement_version_once")
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(condition=models.Q(("state", "in_force")), fields=("agency", "archives"), name="intake_one_agreement_in_force"),
        ),
        migrations.AddConstraint(model_name="agreedkind", constraint=models.UniqueConstraint(fields=("agreement", "kind"), name="intake_agreed_kind_once")),
        migrations.AddIndex(model_name="due", index=models.Index(fields=["archives", "due_on"], name="intake_due_calendar")),
        migrations.AddConstraint(model_name="due", constraint=models.UniqueConstraint(fields=("agency", "archives", "kind", "year"), name="intake_due_once")),
        migrations.AddIndex(model_name="announcement", index=models.Index(fields=["archives", "state", "planned_on"], name="intake_announced")),
        migrations.AddConstraint(
            model_name="preparedopinion", constraint=models.UniqueConstraint(fields=("package", "item_key"), name="intake_prepared_opinion_once")
        ),
        migrations.AddIndex(model_name="returnlist", index=models.Index(fields=["agency", "state"], name="intake_return_list_open")),
        migrations.AddConstraint(
            model_name="returnentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("answered_by", None), ("dropped_at", None), _connector="OR"), name="intake_entry_answered_or_dropped"
            ),
        ),
        migrations.RunPython(count_what_was_decided, migrations.RunPython.noop, elidable=True),
    ]
