"""The verdict: figures → one plain sentence, with its reason (`judge`) and the figures that stand under it
(`key_figures`). May import `run`, `figures` and what lies below."""
