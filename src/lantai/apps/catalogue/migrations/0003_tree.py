# fmt: off
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# What may lie under what, and that nothing lies under itself: one check a statement, however many rows.
TREE = """
ALTER TABLE catalogue_description ALTER COLUMN inherits SET DEFAULT '{}';

CREATE FUNCTION catalogue_may_lie(above varchar, below varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE above
        WHEN 'fonds_group' THEN below IN ('fonds_group', 'fonds')
        WHEN 'fonds' THEN false  -- what has no parent lies under its fonds
        WHEN 'series' THEN below IN ('series', 'file', 'item')
        WHEN 'file' THEN below = 'item'
        WHEN 'item' THEN below = 'component'
        WHEN 'component' THEN below = 'component'
        ELSE false END
$$;

CREATE FUNCTION catalogue_tree_entered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT n.id, n.level, p.level AS above INTO wrong FROM entered n
      JOIN catalogue_description p ON p.id = n.parent_id
     WHERE NOT catalogue_may_lie(p.level, n.level) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'description %: a % does not lie under a %', wrong.id, wrong.level, wrong.above
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalogue_tree';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalogue_tree_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT n.id, n.level, p.level AS above INTO wrong FROM entered n
      JOIN former f ON f.id = n.id AND (f.parent_id, f.level) IS DISTINCT FROM (n.parent_id, n.level)
      JOIN catalogue_description p ON p.id = n.parent_id
     WHERE NOT catalogue_may_lie(p.level, n.level) LIMIT 1;
    IF NOT FOUND THEN
        SELECT k.id, k.level, n.level AS above INTO wrong FROM entered n
          JOIN former f ON f.id = n.id AND f.level <> n.level
          JOIN catalogue_description k ON k.parent_id = n.id
         WHERE NOT catalogue_may_lie(n.level, k.level) LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'description %: a % does not lie under a %', wrong.id, wrong.level, wrong.above
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalogue_tree';
    END IF;
    WITH RECURSIVE up(root, id, parent_id) AS (
        SELECT n.id, p.id, p.parent_id FROM entered n
          JOIN former f ON f.id = n.id AND f.parent_id IS DISTINCT FROM n.parent_id
          JOIN catalogue_description p ON p.id = n.parent_id
         WHERE p.level = n.level
        UNION
        SELECT up.root, p.id, p.parent_id FROM up JOIN catalogue_description p ON p.id = up.parent_id
    )
    SELECT root INTO wrong FROM up WHERE id = root LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'description % would lie under itself', wrong.root
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalogue_tree';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER catalogue_tree_entered AFTER INSERT ON catalogue_description
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION catalogue_tree_entered();
CREATE TRIGGER catalogue_tree_changed AFTER UPDATE ON catalogue_description
    REFERENCING NEW TABLE AS entered OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_tree_changed();
"""
NO_TREE = """
DROP TRIGGER catalogue_tree_changed ON catalogue_description;
DROP TRIGGER catalogue_tree_entered ON catalogue_description;
DROP FUNCTION catalogue_tree_changed();
DROP FUNCTION catalogue_tree_entered();
DROP FUNCTION catalogue_may_lie(varchar, varchar);
ALTER TABLE catalogue_description ALTER COLUMN inherits DROP DEFAULT;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_watches'),
        ('custody', '0007_files_that_were_migrated'),
        ('holdings', '0002_tree'),
        ('orgs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrangement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('rule', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('year', '年度'), ('creator', '立档单位'), ('class_code', '机构或问题'), ('retention', '保管期限'), ('kind', '档案种类'), ('person', '人名')], max_length=12), blank=True, default=list, size=None, verbose_name='排列依据')),
                ('made_by', models.CharField(max_length=64, verbose_name='建立人')),
                ('made_at', models.DateTimeField(verbose_name='建立时间')),
                ('filled_at', models.DateTimeField(null=True, verbose_name='排列时间')),
            ],
            options={
                'verbose_name': '排列方式',
                'ordering': ('fonds', 'name'),
            },
        ),
        migrations.CreateModel(
            name='FormerCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(db_collation='C', db_index=True, max_length=120, verbose_name='曾用档号')),
                ('until', models.DateTimeField(verbose_name='用至')),
                ('act', models.CharField(choices=[('moved', '移动'), ('merged', '合并'), ('split', '拆分'), ('numbered', '编号'), ('stated', '设定')], max_length=12, verbose_name='变更方式')),
            ],
            options={
                'verbose_name': '曾用档号',
                'ordering': ('-until', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('heading', models.CharField(blank=True, max_length=200, verbose_name='标题')),
                ('position', models.PositiveIntegerField(default=0)),
                ('is_by_hand', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': '排列位置',
            },
        ),
        migrations.CreateModel(
            name='RearrangedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('is_made', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': '整理过的著录',
            },
        ),
        migrations.CreateModel(
            name='Rearrangement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deed', models.CharField(choices=[('moved', '移动'), ('merged', '合并'), ('split', '拆分'), ('numbered', '编号'), ('stated', '设定')], max_length=12, verbose_name='整理方式')),
                ('summary', models.CharField(max_length=300, verbose_name='整理内容')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='理由')),
                ('row_count', models.PositiveIntegerField(default=0, verbose_name='条数')),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=64, verbose_name='整理人')),
                ('done_at', models.DateTimeField(verbose_name='整理时间')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='撤销时间')),
                ('undone_by', models.CharField(blank=True, max_length=64, verbose_name='撤销人')),
            ],
            options={
                'verbose_name': '整理记录',
                'ordering': ('-id',),
            },
        ),
        migrations.AddField(
            model_name='description',
            name='inherits',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('custodian', '保管单位'), ('openness', '开放标识'), ('retention', '保管期限')], max_length=12), blank=True, default=list, size=None, verbose_name='承自上级'),
        ),
        migrations.AddField(
            model_name='description',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.description'),
        ),
        migrations.AlterField(
            model_name='description',
            name='level',
            field=models.CharField(choices=[('fonds_group', '全宗群'), ('fonds', '全宗'), ('series', '类别'), ('file', '案卷'), ('item', '件'), ('component', '组成部分')], max_length=12, verbose_name='著录层级'),
        ),
        migrations.AddIndex(
            model_name='description',
            index=models.Index(condition=models.Q(('parent__isnull', True)), fields=['fonds', 'reference_code', 'id'], name='catalogue_top'),
        ),
        migrations.AddIndex(
            model_name='description',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='catalogue_merged'),
        ),
        migrations.AddConstraint(
            model_name='description',
            constraint=models.UniqueConstraint(condition=models.Q(('level', 'fonds')), fields=('fonds',), name='catalogue_fonds_described_once'),
        ),
        migrations.AddField(
            model_name='arrangement',
            name='custodian',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.org', verbose_name='保管单位'),
        ),
        migrations.AddField(
            model_name='arrangement',
            name='fonds',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='holdings.fonds', verbose_name='全宗'),
        ),
        migrations.AddField(
            model_name='formercode',
            name='description',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_codes', to='catalogue.description'),
        ),
        migrations.AddField(
            model_name='placement',
            name='arrangement',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='catalogue.arrangement'),
        ),
        migrations.AddField(
            model_name='placement',
            name='description',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.description'),
        ),
        migrations.AddField(
            model_name='placement',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.placement'),
        ),
        migrations.AddField(
            model_name='rearrangedrow',
            name='description',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.description'),
        ),
        migrations.AddField(
            model_name='rearrangement',
            name='custodian',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.org', verbose_name='保管单位'),
        ),
        migrations.AddField(
            model_name='rearrangement',
            name='fonds',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='holdings.fonds', verbose_name='全宗'),
        ),
        migrations.AddField(
            model_name='rearrangedrow',
            name='rearrangement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='catalogue.rearrangement'),
        ),
        migrations.AddField(
            model_name='formercode',
            name='rearrangement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='former_codes', to='catalogue.rearrangement'),
        ),
        migrations.AddConstraint(
            model_name='arrangement',
            constraint=models.UniqueConstraint(fields=('fonds', 'custodian', 'name'), name='catalogue_arrangement_once'),
        ),
        migrations.AddIndex(
            model_name='placement',
            index=models.Index(fields=['arrangement', 'parent', 'position', 'id'], name='catalogue_placements'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.UniqueConstraint(condition=models.Q(('description__isnull', False)), fields=('parent', 'description'), name='catalogue_placed_once'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.UniqueConstraint(condition=models.Q(('description__isnull', True)), fields=('arrangement', 'parent', 'heading'), name='catalogue_heading_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('description__isnull', True), ('heading__gt', '')), models.Q(('description__isnull', False), ('heading', ''), ('parent__isnull', False)), _connector='OR'), name='catalogue_heading_or_record'),
        ),
        migrations.AddConstraint(
            model_name='rearrangedrow',
            constraint=models.UniqueConstraint(fields=('rearrangement', 'description'), name='catalogue_rearranged_once'),
        ),
        migrations.RunSQL(TREE, NO_TREE),
    ]
