"""Random configurations of Hugging Face, small and of odd sizes, for each type of model of the table."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Config = dict[str, Any]


def decoder(luck: Random, **more: Any) -> Config:
    """Draw the sizes of a decoder as Llama has them."""
    g = luck.choice((1, 2, 3))
    h = g * luck.choice((1, 2, 4))
    k = 2 * luck.randrange(1, 5)
    return {
        "vocab_size": luck.randrange(20, 90),
        "hidden_size": h * k,
        "intermediate_size": luck.randrange(3, 40),
        "num_hidden_layers": luck.randrange(1, 4),
        "num_attention_heads": h,
        "num_key_value_heads": g,
        "max_position_embeddings": luck.randrange(8, 40),
        "tie_word_embeddings": luck.random() < 0.5,
        "pad_token_id": None,
        **more,
    }


def switch(luck: Random) -> bool:
    """Throw a coin."""
    return luck.random() < 0.5


def own_head(luck: Random, **more: Any) -> Config:
    """Draw a decoder whose heads have a size of their own."""
    return decoder(luck, head_dim=2 * luck.randrange(1, 9), **more)


def sparse(luck: Random, **more: Any) -> Config:
    """Draw a mixture of experts."""
    experts = luck.randrange(2, 6)
    return decoder(luck, num_experts_per_tok=luck.randrange(1, experts + 1), **more) | {"experts": experts}


def experts_as(found: Config, *keys: str) -> Config:
    """Name the number of experts as a configuration does."""
    return {**dict.fromkeys(keys, found["experts"]), **{key: one for key, one in found.items() if key != "experts"}}


def qwen_moe(luck: Random, **more: Any) -> Config:
    """Draw a mixture of experts of Qwen, with some layers that have none."""
    found = sparse(
        luck,
        moe_intermediate_size=luck.randrange(2, 20),
        decoder_sparse_step=luck.choice((1, 1, 2)),
        mlp_only_layers=luck.choice(([], [0], [1, 2])),
        **more,
    )
    return experts_as(found, "num_experts")


def latent(luck: Random, **more: Any) -> Config:
    """Draw a decoder of DeepSeek."""
    found = decoder(luck)
    rope, nope = 2 * luck.randrange(1, 4), 2 * luck.randrange(1, 4)  # DeepSeek-V2 rotates complex numbers
    return {
        **found,
        "num_key_value_heads": found["num_attention_heads"],
        "moe_intermediate_size": luck.randrange(2, 20),
        "n_shared_experts": luck.randrange(1, 3),
        "n_routed_experts": 8,
        "n_group": 2,
        "topk_group": 1,
        "num_experts_per_tok": luck.randrange(1, 4),
        "first_k_dense_replace": luck.randrange(0, 3),
        "kv_lora_rank": 2 * luck.randrange(1, 5),
        "q_lora_rank": luck.choice((None, 5, 7)),
        "qk_rope_head_dim": rope,
        "head_dim": rope,  # that of the angles
        "qk_nope_head_dim": nope,
        "v_head_dim": luck.randrange(1, 9),
        "attention_bias": switch(luck),
        **more,
    }


def heads(luck: Random) -> tuple[int, int]:
    """Draw a number of heads and the number of features."""
    h = luck.randrange(1, 5)
    return h, h * 2 * luck.randrange(1, 6)


def gpt2(luck: Random, **more: Any) -> Config:
    """Draw a GPT-2."""
    h, d = heads(luck)
    return {
        "vocab_size": luck.randrange(20, 90),
        "n_embd": d,
        "n_layer": luck.randrange(1, 4),
        "n_head": h,
        "n_positions": luck.randrange(8, 40),
        "n_inner": luck.choice((None, 7, 11)),
        "tie_word_embeddings": switch(luck),
        **more,
    }


def wide(luck: Random, **more: Any) -> Config:
    """Draw a model with as many key heads as heads."""
    h, d = heads(luck)
    return decoder(luck, hidden_size=d, num_attention_heads=h, num_key_value_heads=h, **more)


def opt(luck: Random) -> Config:
    """Draw an OPT."""
    found = wide(luck)
    return {
        **found,
        "ffn_dim": found["intermediate_size"],
        "word_embed_proj_dim": luck.choice((found["hidden_size"], 5)),
        "do_layer_norm_before": switch(luck),
        "_remove_final_layer_norm": switch(luck),
        "enable_bias": switch(luck),
        "layer_norm_elementwise_affine": switch(luck),
        "pad_token_id": 1,
    }


def falcon(luck: Random) -> Config:
    """Draw a Falcon."""
    found, new = wide(luck), switch(luck)
    h = found["num_attention_heads"]
    return {
        **found,
        "new_decoder_architecture": new,
        "multi_query": switch(luck),
        "parallel_attn": new or switch(luck),
        "bias": switch(luck),
        "num_kv_heads": luck.choice([one for one in (1, 2, 3, 4) if h % one == 0]) if new else h,
        "num_ln_in_parallel_attn": luck.choice((None, 1, 2)) if new else None,
        "ffn_hidden_size": luck.choice((None, 13)),
    }


def bert(luck: Random, **more: Any) -> Config:
    """Draw a BERT."""
    return wide(luck, type_vocab_size=luck.randrange(1, 4), pad_token_id=0, **more)


def distilbert(luck: Random) -> Config:
    """Draw a DistilBERT."""
    h, d = heads(luck)
    return {
        "vocab_size": luck.randrange(20, 90),
        "dim": d,
        "hidden_dim": luck.randrange(3, 40),
        "n_layers": luck.randrange(1, 4),
        "n_heads": h,
        "max_position_embeddings": luck.randrange(8, 40),
        "tie_word_embeddings": switch(luck),
    }


def albert(luck: Random) -> Config:
    """Draw an ALBERT."""
    groups = luck.choice((1, 1, 2))
    return bert(
        luck,
        embedding_size=luck.randrange(2, 9),
        num_hidden_groups=groups,
        inner_group_num=luck.randrange(1, 3),
        num_hidden_layers=groups * luck.randrange(1, 4),
    )


def t5(luck: Random) -> Config:
    """Draw a T5; transformers 5 ties its embeddings in any case."""
    return {
        "vocab_size": luck.randrange(20, 90),
        "d_model": luck.randrange(3, 30),
        "d_kv": luck.randrange(1, 9),
        "d_ff": luck.randrange(3, 40),
        "num_layers": luck.randrange(1, 4),
        "num_decoder_layers": luck.choice((None, 1, 2, 3)),
        "num_heads": luck.randrange(1, 5),
        "relative_attention_num_buckets": luck.randrange(4, 20),
        "feed_forward_proj": luck.choice(("relu", "gated-gelu", "gated-silu")),
    }


def bart(luck: Random, **more: Any) -> Config:
    """Draw an encoder and a decoder."""
    h, k = luck.choice((1, 2)), luck.randrange(1, 6)
    return {
        "vocab_size": luck.randrange(20, 90),
        "d_model": 4 * h * k,
        "encoder_layers": luck.randrange(1, 4),
        "decoder_layers": luck.randrange(1, 4),
        "encoder_attention_heads": h,
        "decoder_attention_heads": 2 * h,
        "encoder_ffn_dim": luck.randrange(3, 40),
        "decoder_ffn_dim": luck.randrange(3, 40),
        "max_position_embeddings": luck.randrange(8, 40),
        "tie_word_embeddings": switch(luck),
        "pad_token_id": 1,
        **more,
    }


def whisper(luck: Random) -> Config:
    """Draw a Whisper."""
    return bart(
        luck,
        num_mel_bins=luck.randrange(2, 9),
        max_source_positions=luck.randrange(4, 20),
        max_target_positions=luck.randrange(4, 20),
    )


def vit(luck: Random) -> Config:
    """Draw a ViT."""
    h, d = heads(luck)
    patch = luck.randrange(1, 5)
    return {
        "hidden_size": d,
        "intermediate_size": luck.randrange(3, 40),
        "num_hidden_layers": luck.randrange(1, 4),
        "num_attention_heads": h,
        "image_size": patch * luck.randrange(1, 5) + luck.randrange(patch),
        "patch_size": patch,
        "num_channels": luck.randrange(1, 4),
        "qkv_bias": switch(luck),
        "pooler_output_size": luck.choice((None, d)),
    }


DRAWN: dict[str, Callable[[Random], Config]] = {
    "llama": lambda luck: luck.choice((decoder, own_head))(luck, attention_bias=switch(luck), mlp_bias=switch(luck)),
    "granite": lambda luck: decoder(luck, attention_bias=switch(luck), mlp_bias=switch(luck)),
    "mistral": lambda luck: luck.choice((decoder, own_head))(luck),
    "qwen2": decoder,
    "qwen3": lambda luck: own_head(luck, attention_bias=switch(luck)),
    "gemma": lambda luck: own_head(luck, attention_bias=switch(luck)),
    "gemma2": lambda luck: own_head(luck, attention_bias=switch(luck)),
    "gemma3_text": lambda luck: own_head(luck, attention_bias=switch(luck)),
    "phi3": decoder,
    "glm": lambda luck: own_head(luck, attention_bias=switch(luck)),
    "olmo": lambda luck: decoder(luck, attention_bias=switch(luck)),
    "olmo2": lambda luck: decoder(luck, attention_bias=switch(luck)),
    "starcoder2": lambda luck: decoder(luck, use_bias=switch(luck)),
    "stablelm": lambda luck: decoder(  # the usual quarter of a head would be less than a pair of numbers
        luck, partial_rotary_factor=1.0, use_qkv_bias=switch(luck), use_parallel_residual=switch(luck)
    ),
    "cohere": lambda luck: decoder(luck, attention_bias=switch(luck)),
    "phi": lambda luck: decoder(luck, partial_rotary_factor=1.0),
    "mixtral": lambda luck: experts_as(sparse(luck), "num_local_experts"),
    "qwen2_moe": lambda luck: qwen_moe(
        luck, shared_expert_intermediate_size=luck.randrange(2, 20), qkv_bias=switch(luck)
    ),
    "qwen3_moe": lambda luck: qwen_moe(luck, attention_bias=switch(luck), head_dim=2 * luck.randrange(1, 9)),
    "deepseek_v2": lambda luck: latent(luck, mlp_bias=False),
    "deepseek_v3": latent,
    "gpt2": gpt2,
    "gpt_bigcode": lambda luck: gpt2(luck, multi_query=switch(luck)),
    "gptj": lambda luck: gpt2(luck, rotary_dim=2),
    "gpt_neox": lambda luck: wide(luck, attention_bias=switch(luck), use_parallel_residual=switch(luck)),
    "bloom": wide,
    "falcon": falcon,
    "opt": opt,
    "bert": bert,
    "roberta": lambda luck: bert(luck, max_position_embeddings=luck.randrange(8, 40)),
    "camembert": bert,
    "xlm-roberta": bert,
    "distilbert": distilbert,
    "electra": lambda luck: bert(luck, embedding_size=luck.randrange(2, 12)),
    "albert": albert,
    "t5": t5,
    "mt5": t5,
    "bart": bart,
    "mbart": bart,
    "whisper": whisper,
    "vit": vit,
    "deit": vit,
}
