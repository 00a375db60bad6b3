"""How formats are recognised: by the first bytes of a file, by its last, by the files of a folder, or by keys."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping

from ..loading import load as function
from .opened import FOLDER, Source

Sniff = Callable[[Source], bool]


def starts(magic: bytes, at: int = 0) -> Sniff:
    """Recognise a format by bytes at a fixed place."""
    return lambda source: source.head[at : at + len(magic)] == magic


def protobuf(version: bytes, *following: int) -> Sniff:
    """Recognise a message of Protocol Buffers whose field 1 is a version, by the numbers of fields that may follow it.

    Each of these has a length.
    """
    keys = [bytes([number << 3 | 2]) for number in following]
    return lambda source: (
        source.head[:1] == b"\x08"
        and source.head[1:2] in [bytes([one]) for one in version]
        and source.head[2:3] in keys
    )


def holding(member: str) -> Sniff:
    """Recognise a folder by a file in it."""
    return lambda source: source.member(member) is not None


def zip_beginning_with(member: str) -> Sniff:
    """Recognise a zip archive by the name of its first member, which matches a pattern."""
    pattern = re.compile(member.encode())

    def sniff(source: Source) -> bool:
        head = source.head
        end = 30 + int.from_bytes(head[26:28], "little")
        return head.startswith(ZIP) and pattern.fullmatch(head[30:end]) is not None

    return sniff


def says(*keys: str) -> Sniff:
    """Recognise plain data by its keys."""
    return lambda source: all(key in source.data for key in keys)


def is_safetensors(source: Source) -> bool:
    """Recognise a safetensors file: the length of a JSON object, then the object."""
    return source.head[8:10] == b'{"' and int.from_bytes(source.head[:8], "little") < 2**27


def is_table(source: Source) -> bool:
    """Recognise a table of TensorFlow, whose last bytes are a number."""
    return source.tail == b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"


def is_coreml(source: Source) -> bool:
    """Recognise a CoreML model: a version, and a description that begins with a message, where ONNX has a text."""
    head = source.head
    after = next((at for at in range(3, 8) if head[at : at + 1] < b"\x80"), 8) + 1
    return protobuf(bytes(range(2, 32)), 2)(source) and head[after : after + 1] == b"\n"


def is_in_javascript(source: Source) -> bool:
    """Recognise JSON that a package has as a module of code."""
    head = source.head.lstrip()
    return head.startswith((b"module.", b"export", b"const ", b"var ", b"let ")) and b'"modelTopology"' in head


def is_onnx(source: Source) -> bool:
    """Recognise an ONNX file."""
    return protobuf(bytes(range(3, 32)), 2, 3, 4, 6, 7, 8)(source) and not is_coreml(source)


def is_folder(source: Source) -> bool:
    """Recognise any folder."""
    return bool(source.path) and os.path.isdir(source.path)


def is_of_programs(source: Source) -> bool:
    """Recognise a folder in which programs in Python lie."""
    return is_folder(source) and any(name.endswith((".py", ".ipynb")) for name in os.listdir(source.path))


def is_openvino(source: Source) -> bool:
    """Recognise the description of a network by OpenVINO, in XML."""
    return re.match(rb"\s*<\?xml[^>]*\?>\s*<net\s", source.head) is not None


def is_tar(source: Source) -> bool:
    """Recognise a tar archive."""
    return source.head[257:262] == b"ustar" and not source.head.startswith(TAR_OF_2016)


def is_page(source: Source) -> bool:
    """Recognise a web page."""
    return source.head.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))


def is_traineddata(source: Source) -> bool:
    """Recognise a traineddata file: a number of components, the places of all, and the first behind them."""
    head = source.head
    count = int.from_bytes(head[:4], "little")
    places = [int.from_bytes(head[at : at + 8], "little") for at in range(4, min(4 + 8 * count, len(head)), 8)]
    return 17 < count <= 63 and next((one for one in places if one < 2**63), 0) == 4 + 8 * count


def is_shards(source: Source) -> bool:
    """Recognise an index of shards."""
    return isinstance(source.data.get("weight_map"), Mapping) and "layers" not in source.data


def is_tensor_shards(source: Source) -> bool:
    """Recognise an index of shards of safetensors or PyTorch."""
    places = source.data.get("weight_map")
    first = next(iter(places.values()), "") if isinstance(places, Mapping) else ""
    return isinstance(first, str) and first.endswith((".safetensors", ".bin"))


def is_weights(source: Source) -> bool:
    """Recognise a folder of weights."""
    return any(source.member(name) is not None for name in WEIGHTS)


def is_described(source: Source) -> bool:
    """Recognise a folder of Hugging Face."""
    if source.member(FOLDER) is None:
        return False
    is_model: Sniff = function("paramcalc.formats.huggingface.folder:is_folder")
    return is_model(source)


def is_config(source: Source) -> bool:
    """Recognise a config.json of Hugging Face."""
    return any(key in source.data for key in ("model_type", "transformers_version"))


def is_mapping(source: Source) -> bool:
    """Recognise text with keys."""
    return isinstance(source.data, Mapping)


ZIP = b"PK\x03\x04"
TAR_OF_2016 = b"sys_info\0"  # the first member that torch.save wrote until 0.1.1
STREAM = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # a pickle of the magic number of PyTorch before 1.6
PYTORCH = (  # torch.save and TorchScript write a folder; torch.export did not until PyTorch 2.6
    r"[^/]+/(data\.pkl|constants\.pkl|data/[\w/]+|(code|extra|models)/.+|version|byteorder|archive_format|\.\w+)"
    r"|version|serialized_\w+\.(json|pt)"
)
WEIGHTS = (  # what a folder of Hugging Face has its weights in; the first that is there is read
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "adapter_model.safetensors",
    "diffusion_pytorch_model.safetensors",
)
