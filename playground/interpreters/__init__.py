"""The Pythons of this machine: where they are kept (`places`), who each says it is (`asking`, `facts`), the remembered
answers (`cache`), which Python a short name means (`names`) and what one cannot run (`refusals`). `known` is the door
for others. May import `recipe` and what lies below it."""
