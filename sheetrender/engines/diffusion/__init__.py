"""Stable Diffusion and its kin: the only room that knows torch and diffusers."""
