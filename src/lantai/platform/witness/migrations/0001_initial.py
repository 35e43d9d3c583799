# fmt: off
"""Peers, checkpoints seen and cosigned, stamps, alarms, messages by ferry."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('orgs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=60000, verbose_name='见证策略')),
                ('set_at', models.DateTimeField(verbose_name='设定时间')),
                ('set_by', models.CharField(max_length=150, verbose_name='设定人')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='StampService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='时间戳服务')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='最近应答')),
                ('try_after', models.DateTimeField(blank=True, null=True)),
                ('failures', models.IntegerField(default=0, verbose_name='连续失败')),
                ('last_error', models.TextField(blank=True, verbose_name='最近的问题')),
            ],
        ),
        migrations.CreateModel(
            name='IssuedStamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('imprint', models.BinaryField()),
                ('algorithm', models.CharField(max_length=10)),
                ('issued_at', models.DateTimeField(verbose_name='签发时间')),
                ('token_sha256', models.CharField(blank=True, max_length=64)),
                ('is_logged', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_logged', False)), fields=['id'], name='witness_unlogged')],
            },
        ),
        migrations.CreateModel(
            name='Peer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('role', models.CharField(choices=[('asked', '为我们见证'), ('asks', '由我们见证'), ('both', '互相见证')], default='both', max_length=8, verbose_name='关系')),
                ('way', models.CharField(choices=[('wire', '网络'), ('ferry', '摆渡文件')], default='wire', max_length=8, verbose_name='途径')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='见证地址')),
                ('log_origin', models.CharField(blank=True, max_length=255, verbose_name='日志名称')),
                ('keys', models.TextField(max_length=8000, verbose_name='公钥')),
                ('group', models.CharField(blank=True, max_length=60, verbose_name='策略组')),
                ('state', models.CharField(choices=[('active', '使用中'), ('paused', '暂停'), ('retired', '已停用')], default='active', max_length=10, verbose_name='状态')),
                ('added_at', models.DateTimeField(verbose_name='登记时间')),
                ('cosigned_size', models.BigIntegerField(default=0, verbose_name='已见证到')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='最近应答')),
                ('try_after', models.DateTimeField(blank=True, null=True)),
                ('failures', models.IntegerField(default=0, verbose_name='连续失败')),
                ('last_error', models.TextField(blank=True, verbose_name='最近的问题')),
                ('ferried_in', models.BigIntegerField(default=0)),
                ('org', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.org', verbose_name='登记单位')),
            ],
            options={
                'verbose_name': '见证伙伴',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='FerryMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('out', '寄出'), ('in', '收到')], max_length=3, verbose_name='方向')),
                ('sequence', models.BigIntegerField(verbose_name='序号')),
                ('kind', models.CharField(max_length=40)),
                ('body', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField(verbose_name='时间')),
                ('is_acknowledged', models.BooleanField(default=False)),
                ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.peer', verbose_name='伙伴')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.BigIntegerField(verbose_name='条数')),
                ('key_name', models.CharField(max_length=255, verbose_name='见证人')),
                ('key_id', models.CharField(max_length=8)),
                ('line', models.TextField()),
                ('cosigned_at', models.DateTimeField(verbose_name='见证时间')),
                ('received_at', models.DateTimeField(verbose_name='收到时间')),
                ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.peer', verbose_name='见证伙伴')),
            ],
            options={
                'ordering': ['size', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('fork', '日志分叉'), ('rolled_back', '日志倒退'), ('unwitnessed', '见证超时'), ('unstamped', '时间戳超时'), ('refused', '见证方拒绝')], max_length=12, verbose_name='告警')),
                ('subject', models.CharField(max_length=255, verbose_name='对象')),
                ('text', models.TextField(verbose_name='说明')),
                ('params', models.JSONField(blank=True, default=dict)),
                ('proof', models.TextField(blank=True)),
                ('found_at', models.DateTimeField(verbose_name='发现时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='解除时间')),
                ('peer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.peer', verbose_name='伙伴')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Refused',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='日期')),
                ('status', models.IntegerField(verbose_name='答复')),
                ('count', models.BigIntegerField(default=1, verbose_name='次数')),
                ('why', models.TextField(blank=True, verbose_name='原因')),
                ('last_at', models.DateTimeField(verbose_name='最近一次')),
                ('body', models.TextField(blank=True)),
                ('peer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.peer', verbose_name='伙伴')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='SeenCheckpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=255, verbose_name='日志名称')),
                ('size', models.BigIntegerField(verbose_name='条数')),
                ('root', models.BinaryField()),
                ('note', models.TextField()),
                ('seen_at', models.DateTimeField(verbose_name='见证时间')),
                ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.peer', verbose_name='伙伴')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Stamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.BigIntegerField(verbose_name='条数')),
                ('service', models.CharField(max_length=60, verbose_name='时间戳服务')),
                ('algorithm', models.CharField(max_length=10, verbose_name='摘要算法')),
                ('token', models.BinaryField()),
                ('signer', models.CharField(blank=True, max_length=300, verbose_name='签发者')),
                ('stamped_at', models.DateTimeField(verbose_name='时间戳时间')),
                ('expires_at', models.DateTimeField(verbose_name='证书到期')),
                ('kept_at', models.DateTimeField(verbose_name='收到时间')),
                ('entry_id', models.BigIntegerField(null=True)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['size'], name='witness_stamp_size')],
            },
        ),
        migrations.CreateModel(
            name='WitnessedLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=255, unique=True, verbose_name='日志名称')),
                ('size', models.BigIntegerField(verbose_name='条数')),
                ('root', models.BinaryField()),
                ('note', models.TextField()),
                ('seen_at', models.DateTimeField(verbose_name='见证时间')),
                ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.peer', verbose_name='伙伴')),
            ],
        ),
        migrations.CreateModel(
            name='Witnessing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.BigIntegerField(unique=True, verbose_name='条数')),
                ('met_at', models.DateTimeField(verbose_name='达到策略的时间')),
                ('policy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.policy')),
            ],
        ),
        migrations.AddConstraint(
            model_name='peer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'retired'), _negated=True), fields=('name',), name='witness_peer_name'),
        ),
        migrations.AddConstraint(
            model_name='peer',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('log_origin', ''), _negated=True), models.Q(('state', 'retired'), _negated=True)), fields=('log_origin',), name='witness_peer_origin'),
        ),
        migrations.AddConstraint(
            model_name='ferrymessage',
            constraint=models.UniqueConstraint(fields=('peer', 'direction', 'sequence'), name='witness_ferry_place'),
        ),
        migrations.AddConstraint(
            model_name='cosignature',
            constraint=models.UniqueConstraint(fields=('size', 'key_name', 'key_id'), name='witness_cosigned_once'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('kind', 'subject'), name='witness_alarm_open'),
        ),
        migrations.AddConstraint(
            model_name='refused',
            constraint=models.UniqueConstraint(fields=('day', 'status', 'peer'), name='witness_refused_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='seencheckpoint',
            index=models.Index(fields=['seen_at'], name='witness_seen_at'),
        ),
        migrations.AddConstraint(
            model_name='seencheckpoint',
            constraint=models.UniqueConstraint(fields=('origin', 'size'), name='witness_seen_size'),
        ),
    ]
