"""What a migration does not carry over, by code, in words."""

from __future__ import annotations

from collections.abc import Mapping

from lantai.kit.errors import N_

LOSSES: Mapping[str, str] = {
    "icc_profile": N_("颜色特性文件"),
    "dpi": N_("分辨率标记"),
    "exif": N_("拍摄信息（EXIF）"),
    "detail": N_("有损压缩，细节略有损失"),
    "signatures": N_("数字签名和印章的验证信息（图样保留）"),
    "xmp": N_("原有的 XMP 元数据（文件属性保留）"),
    "fonts": N_("原来的字体和印刷颜色（用相近字体代替，颜色转为 sRGB）"),
    "structure": N_("文字的结构标记、书签和注释"),
    "editing": N_("编辑能力、公式、批注和修订记录"),
    "animation": N_("动画、切换和演讲者备注"),
    "tags": N_("封面图片和部分标签"),
    "tracks": N_("字幕、数据和附加音视频轨"),
}
