# fmt: off
"""Polls among archives."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('witness', '0002_anchors'),
    ]

    operations = [
        migrations.CreateModel(
            name='Poll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.CharField(max_length=64, unique=True)),
                ('note', models.TextField()),
                ('item_count', models.IntegerField(verbose_name='内容数')),
                ('called_at', models.DateTimeField(verbose_name='发起时间')),
                ('until', models.DateTimeField(verbose_name='截止时间')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='计票时间')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='peer',
            name='is_polled',
            field=models.BooleanField(default=False, verbose_name='互相普查'),
        ),
        migrations.AlterField(
            model_name='alarm',
            name='kind',
            field=models.CharField(choices=[('fork', '日志分叉'), ('rolled_back', '日志倒退'), ('unwitnessed', '见证超时'), ('unstamped', '时间戳超时'), ('refused', '见证方拒绝'), ('unanchored', '上链超时'), ('rewound', '区块链回退'), ('misanchored', '链上内容不符'), ('polled', '普查不一致')], max_length=12, verbose_name='告警'),
        ),
        migrations.CreateModel(
            name='AskedPoll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.CharField(max_length=64, unique=True)),
                ('note', models.TextField()),
                ('until', models.DateTimeField(verbose_name='截止时间')),
                ('asked_at', models.DateTimeField(verbose_name='收到时间')),
                ('vote', models.TextField(blank=True)),
                ('voted_at', models.DateTimeField(blank=True, null=True, verbose_name='回执时间')),
                ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.peer', verbose_name='伙伴')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', '待送达'), ('called', '待回执'), ('voted', '已回执'), ('silent', '没有回执')], default='asked', max_length=8, verbose_name='状态')),
                ('vote', models.TextField(blank=True)),
                ('try_after', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.TextField(blank=True, verbose_name='最近的问题')),
                ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.peer', verbose_name='伙伴')),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ballots', to='witness.poll')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('poll', 'peer'), name='witness_ballot_once')],
            },
        ),
        migrations.CreateModel(
            name='PollItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=200, verbose_name='内容')),
                ('outcome', models.CharField(choices=[('agreed', '一致'), ('damaged', '本馆副本有损'), ('inconclusive', '各执一词'), ('too_few', '回执不足'), ('mended', '已由伙伴修复')], max_length=14, verbose_name='结果')),
                ('agree', models.JSONField(default=list, verbose_name='一致的')),
                ('disagree', models.JSONField(default=list, verbose_name='不一致的')),
                ('without', models.JSONField(default=list, verbose_name='没有的')),
                ('mended_by', models.CharField(blank=True, max_length=255, verbose_name='修复来源')),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='witness.poll')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('poll', 'item'), name='witness_polled_once')],
            },
        ),
        migrations.CreateModel(
            name='Possession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=200)),
                ('proved_at', models.DateTimeField()),
                ('peer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.peer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('peer', 'item'), name='witness_possession_once')],
            },
        ),
    ]
