"""Configurations of well-known models, and how many parameters their authors say that they have."""

from __future__ import annotations

from typing import Any

Config = dict[str, Any]


def sizes(kind: str, d: int, f: int, blocks: int, h: int, tokens: int, **more: Any) -> Config:
    """Write a configuration with the keys that most types have."""
    return {
        "model_type": kind,
        "hidden_size": d,
        "intermediate_size": f,
        "num_hidden_layers": blocks,
        "num_attention_heads": h,
        "vocab_size": tokens,
        **more,
    }


BERT = {"max_position_embeddings": 512, "type_vocab_size": 2, "architectures": ["BertModel"]}
ALBERT = {"max_position_embeddings": 512, "type_vocab_size": 2, "architectures": ["AlbertModel"]}
GPT2 = {"model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024}
LATENT = {
    "qk_rope_head_dim": 64,
    "qk_nope_head_dim": 128,
    "v_head_dim": 128,
    "kv_lora_rank": 512,
    "q_lora_rank": 1536,
}

PUBLISHED: dict[str, tuple[Config, int, int | None]] = {
    "LLaMA 7B": (sizes("llama", 4096, 11008, 32, 32, 32000), 6_738_415_616, None),
    "LLaMA 13B": (sizes("llama", 5120, 13824, 40, 40, 32000), 13_015_864_320, None),
    "LLaMA 33B": (sizes("llama", 6656, 17920, 60, 52, 32000), 32_528_943_616, None),
    "LLaMA 65B": (sizes("llama", 8192, 22016, 80, 64, 32000), 65_285_660_672, None),
    "GPT-2": ({**GPT2, "n_embd": 768, "n_layer": 12, "n_head": 12}, 124_439_808, None),
    "GPT-2 XL": ({**GPT2, "n_embd": 1600, "n_layer": 48, "n_head": 25}, 1_557_611_200, None),
    "BERT base": (sizes("bert", 768, 3072, 12, 12, 30522, **BERT), 109_482_240, None),
    "BERT large": (sizes("bert", 1024, 4096, 24, 16, 30522, **BERT), 335_141_888, None),
    "ALBERT base": (sizes("albert", 768, 3072, 12, 12, 30000, embedding_size=128, **ALBERT), 11_683_584, None),
    "ALBERT large": (sizes("albert", 1024, 4096, 24, 16, 30000, embedding_size=128, **ALBERT), 17_683_968, None),
    "DistilBERT": (
        {
            "model_type": "distilbert",
            "architectures": ["DistilBertModel"],
            "dim": 768,
            "hidden_dim": 3072,
            "n_layers": 6,
            "n_heads": 12,
            "vocab_size": 30522,
            "max_position_embeddings": 512,
        },
        66_362_880,
        None,
    ),
    "GPT-NeoX-20B": (sizes("gpt_neox", 6144, 24576, 44, 64, 50432), 20_554_567_680, None),
    "Pythia-6.9B": (sizes("gpt_neox", 4096, 16384, 32, 32, 50432), 6_857_302_016, None),
    "BLOOM": (
        {"model_type": "bloom", "hidden_size": 14336, "n_layer": 70, "n_head": 112, "vocab_size": 250880},
        176_247_271_424,
        None,
    ),
    "Gemma 2B": (
        sizes("gemma", 2048, 16384, 18, 8, 256000, num_key_value_heads=1, head_dim=256),
        2_506_172_416,
        None,
    ),
    "Gemma 7B": (
        sizes("gemma", 3072, 24576, 28, 16, 256000, num_key_value_heads=16, head_dim=256),
        8_537_680_896,
        None,
    ),
    "Qwen2.5-7B": (sizes("qwen2", 3584, 18944, 28, 28, 152064, num_key_value_heads=4), 7_615_616_512, None),
    "Qwen3-30B-A3B": (
        sizes(
            "qwen3_moe",
            2048,
            6144,
            48,
            32,
            151936,
            num_key_value_heads=4,
            head_dim=128,
            num_experts=128,
            num_experts_per_tok=8,
            moe_intermediate_size=768,
        ),
        30_532_122_624,
        3_353_032_704,
    ),
    "Mixtral 8x7B": (
        sizes(
            "mixtral",
            4096,
            14336,
            32,
            32,
            32000,
            num_key_value_heads=8,
            num_local_experts=8,
            num_experts_per_tok=2,
        ),
        46_702_792_704,
        12_879_925_248,
    ),
    "DeepSeek-V3": (
        sizes(
            "deepseek_v3",
            7168,
            18432,
            61,
            128,
            129280,
            num_key_value_heads=128,
            moe_intermediate_size=2048,
            n_routed_experts=256,
            num_experts_per_tok=8,
            n_shared_experts=1,
            first_k_dense_replace=3,
            **LATENT,
        ),
        671_026_404_352,
        37_552_282_624,
    ),
    "T5 small": (
        {
            "model_type": "t5",
            "vocab_size": 32128,
            "d_model": 512,
            "d_ff": 2048,
            "d_kv": 64,
            "num_layers": 6,
            "num_heads": 8,
        },
        60_506_624,
        None,
    ),
    "ViT-B/16": (
        {
            "model_type": "vit",
            "hidden_size": 768,
            "intermediate_size": 3072,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "image_size": 224,
            "patch_size": 16,
            "num_labels": 1000,
        },
        86_567_656,
        None,
    ),
}
