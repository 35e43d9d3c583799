# fmt: off
"""Checkpoints on chains."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('witness', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='区块链')),
                ('chain_id', models.BigIntegerField(null=True, verbose_name='链标识')),
                ('genesis', models.CharField(blank=True, max_length=64)),
                ('known_since', models.DateTimeField(verbose_name='启用时间')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='最近应答')),
                ('try_after', models.DateTimeField(blank=True, null=True)),
                ('failures', models.IntegerField(default=0, verbose_name='连续失败')),
                ('last_error', models.TextField(blank=True, verbose_name='最近的问题')),
            ],
        ),
        migrations.AlterField(
            model_name='alarm',
            name='kind',
            field=models.CharField(choices=[('fork', '日志分叉'), ('rolled_back', '日志倒退'), ('unwitnessed', '见证超时'), ('unstamped', '时间戳超时'), ('refused', '见证方拒绝'), ('unanchored', '上链超时'), ('rewound', '区块链回退'), ('misanchored', '链上内容不符')], max_length=12, verbose_name='告警'),
        ),
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.BigIntegerField(verbose_name='条数')),
                ('state', models.CharField(choices=[('waiting', '等待入块'), ('mined', '等待确认'), ('confirmed', '已确认'), ('lost', '未能留在链上')], default='waiting', max_length=10, verbose_name='状态')),
                ('sender', models.CharField(max_length=42, verbose_name='链上账户')),
                ('nonce', models.BigIntegerField()),
                ('transaction', models.CharField(max_length=66, verbose_name='交易')),
                ('raw', models.BinaryField()),
                ('made_at', models.DateTimeField(verbose_name='签名时间')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发送时间')),
                ('block_number', models.BigIntegerField(null=True, verbose_name='区块')),
                ('block_hash', models.CharField(blank=True, max_length=66, verbose_name='区块哈希')),
                ('block_at', models.DateTimeField(blank=True, null=True, verbose_name='区块时间')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='确认时间')),
                ('record', models.TextField(blank=True)),
                ('entry_id', models.BigIntegerField(null=True)),
                ('chain', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='witness.chain', verbose_name='区块链')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['size'], name='witness_anchor_size')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['mined', 'waiting'])), fields=('chain',), name='witness_anchor_one')],
            },
        ),
    ]
