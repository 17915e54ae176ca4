"""The verdict: figures → one plain sentence with its reason (`judge`), and the figures that are shown under it
(`key_figures`). May import `run`, `figures` and what is below."""
