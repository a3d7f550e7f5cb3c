"""Properties of the networks that the training relies on."""

import torch
import torch.nn.functional as F

from training.model.checkpoint import on_grid
from training.model.mar import MAR, MARConfig, attention
from training.model.vae import VAE, LinearEncoder, VAEConfig
from training.train.optimizers import make_optimizers

SMALL = MARConfig(grid=4, encoder_width=32, encoder_depth=1, encoder_heads=2, decoder_width=32, decoder_depth=2,
                  decoder_heads=2, buffer_tokens=3, head_width=16, head_depth=1)


@torch.no_grad()
def test_decoding_all_masked_tokens_by_position_is_decoding_the_grid():
    torch.manual_seed(0)
    model = MAR(SMALL).eval()
    order = torch.rand(2, 16).argsort(dim=1)
    known, wanted = order[:, :5], order[:, 5:]
    encoded = model.encode(torch.randn(2, 16, 4), known, model.class_condition(torch.tensor([1, 7])))
    whole = model.decode(encoded, known)
    picked = torch.gather(whole, 1, wanted[..., None].expand(-1, -1, 32))
    assert torch.allclose(model.decode_wanted(encoded, known, wanted), picked, atol=1e-5)


def test_weights_move_to_a_finer_grid():
    model = MAR(SMALL)
    finer = MARConfig(**(SMALL.__dict__ | {"grid": 8}))
    weights = on_grid({name: p.detach() for name, p in model.named_parameters()}, finer)
    MAR(finer).load_state_dict(weights)
    before, after = model.decoder_pos_embed_learned[0], weights["decoder_pos_embed_learned"][0]
    assert torch.equal(after[:3], before[:3])
    # Each coarse position is the mean of the four fine ones in the middle of it, away from the border.
    fine, coarse = after[3:].unflatten(0, (8, 8)), before[3:].unflatten(0, (4, 4))
    centre = fine[2:4, 2:4].mean((0, 1))
    assert (centre - coarse[1, 1]).norm() < 0.5 * coarse[1, 1].norm()
    assert on_grid(weights, finer)["mask_token"] is weights["mask_token"]


def test_every_parameter_has_one_optimizer():
    model = MAR(SMALL)
    for kind in ("adamw", "muon"):
        owned = [p for o in make_optimizers(model, kind, 1e-3, 0.02) for g in o.param_groups for p in g["params"]]
        assert len(owned) == len({id(p) for p in owned}) == len(list(model.parameters()))


def test_linear_encoder_keeps_the_directions_of_most_variance():
    torch.manual_seed(0)
    config = VAEConfig(channels=32, channel_multipliers=(1, 1), residual_blocks=1, latent_channels=3, image_channels=3,
                       encoder="linear")
    encoder = VAE(config).encoder
    assert isinstance(encoder, LinearEncoder)
    directions = torch.linalg.qr(torch.randn(12, 3)).Q.T
    strength = torch.tensor([4.0, 2.0, 1.0])
    patches = (torch.randn(64, 4, 3) * strength) @ directions + 0.3
    encoder.fit(torch.nn.functional.pixel_shuffle(patches.transpose(1, 2).reshape(64, 12, 2, 2), 2))
    mean, std = encoder(torch.nn.functional.pixel_shuffle(patches.transpose(1, 2).reshape(64, 12, 2, 2), 2))
    measured = mean.transpose(0, 1).flatten(1).std(dim=1)
    assert torch.allclose(measured, strength.sqrt(), rtol=0.15)
    assert mean.mean((0, 2, 3)).abs().max() < 1e-4 and (std == encoder.std).all()


def test_attention_is_the_fused_one_and_so_are_its_gradients():
    q, k, v = (torch.randn(2, 3, 17, 8, requires_grad=True) for _ in range(3))
    ours, fused = attention(q, k, v), F.scaled_dot_product_attention(q, k, v)
    torch.testing.assert_close(ours, fused)
    toward = torch.randn_like(fused)
    torch.testing.assert_close(torch.autograd.grad(ours, (q, k, v), toward),
                               torch.autograd.grad(fused, (q, k, v), toward))
