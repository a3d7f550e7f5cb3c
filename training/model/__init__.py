"""The networks, their diffusion, and the files they are kept in."""
