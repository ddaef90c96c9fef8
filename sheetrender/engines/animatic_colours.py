"""What colour a word has: names of colours, and the colours of moods, times and materials."""

from __future__ import annotations

NAMES = {
    "red": "e0241b", "crimson": "c01030", "scarlet": "f02a16", "vermilion": "ee4420",
    "ruby": "c8123c", "cherry": "d01838", "burgundy": "7c1230", "maroon": "741420",
    "wine": "781838", "blood": "a80c14", "carmine": "b80f2e", "rust": "b4481c",
    "rusty": "b4481c", "brick": "b24a34", "coral": "ff6f59", "salmon": "fa8f78",
    "orange": "ff8312", "tangerine": "ff8a1c", "amber": "ffae14", "apricot": "ffb478",
    "peach": "ffbe98", "terracotta": "c8603c", "copper": "c8743a", "bronze": "b07c3c",
    "ochre": "cc8420", "brown": "86522c", "chocolate": "5c341e", "coffee": "6a4630",
    "sepia": "94683c", "tan": "cca678", "beige": "e0cca6", "sand": "dcbc84",
    "sandy": "dcbc84", "cream": "f6e8c8", "ivory": "f6efdc", "yellow": "ffdb1c",
    "lemon": "fff03c", "gold": "f2b430", "golden": "f2b430", "mustard": "d6a420",
    "honey": "eeac34", "lime": "a4e81c", "chartreuse": "bcec20", "olive": "848a2c",
    "moss": "6c8a34", "mossy": "6c8a34", "green": "2cae4a", "emerald": "10a468",
    "jade": "1ca878", "mint": "8ce8bc", "sage": "9cb48c", "teal": "128c90",
    "turquoise": "22ccc4", "aqua": "34dce0", "cyan": "12d8f2", "azure": "1c92f4",
    "cerulean": "2088d0", "blue": "2262ea", "navy": "182c74", "cobalt": "1c48c8",
    "sapphire": "1648b8", "ultramarine": "3022c4", "indigo": "4426b0", "violet": "7c36e0",
    "purple": "8a2cc4", "amethyst": "9c60d4", "lavender": "b49cec", "lilac": "caa4e2",
    "mauve": "bc86b8", "plum": "842c78", "magenta": "f01cb4", "fuchsia": "f824a8",
    "pink": "ff6cae", "rose": "f4608c", "blush": "f8b4bc", "black": "08080a",
    "ebony": "100e10", "charcoal": "303438", "grey": "8c9096", "gray": "8c9096",
    "slate": "5c6c7e", "silver": "b8c2cc", "silvery": "b8c2cc", "white": "f8f8f6",
    "pearl": "eee8e2", "monochrome": "8c8c8e",
    # The commonest names of the neighbours' languages, where they are no English word.
    "rouge": "e0241b", "rojo": "e0241b", "roja": "e0241b", "rosso": "e0241b",
    "bleu": "2262ea", "blau": "2262ea", "azul": "2262ea", "blu": "2262ea",
    "vert": "2cae4a", "grün": "2cae4a", "verde": "2cae4a", "gelb": "ffdb1c",
    "jaune": "ffdb1c", "amarillo": "ffdb1c", "schwarz": "08080a", "negro": "08080a",
    "blanc": "f8f8f6", "weiß": "f8f8f6", "blanco": "f8f8f6", "bianco": "f8f8f6",
    "lila": "9a4cd0", "rosa": "ff6cae", "красный": "e0241b", "синий": "2262ea",
    "зелёный": "2cae4a", "чёрный": "08080a", "белый": "f8f8f6", "赤": "e0241b",
    "青": "2262ea", "緑": "2cae4a", "黒": "08080a", "白": "f8f8f6",
}
"""Colour words, red green blue in hexadecimal."""

MOODS = {
    "neon": "ff1cb8 14e0ff 1a0838", "cyberpunk": "f41cb4 12d4f0 2a0c54",
    "synthwave": "ff2c9c 7a2cf0 ffa23c", "vaporwave": "ff7cd0 5ce0f0 8c5ce8",
    "night": "122456 0a0f26 5878c0", "midnight": "10184c 080a1c 4c5cb4",
    "nocturnal": "122456 0a0f26", "moonlight": "86a4dc 16244c", "moon": "a8bce0 18264c",
    "moonlit": "86a4dc 16244c", "dawn": "f8a890 7c6cb8 fcd8a8", "dusk": "e8785c 4c3878 241c48",
    "twilight": "7058b8 e0809c 201c50", "sunset": "ff7a30 f03c5c 5c2474",
    "sunrise": "ffb04c ff7c68 7488d0", "sun": "ffb83c f06c28", "sunny": "ffc848 4cacf0",
    "sunlight": "ffc95c c87c28", "fire": "ff5c10 ffb820 6c0c08", "fiery": "ff5c10 ffb820 6c0c08",
    "flame": "ff6414 ffb820 7c1008", "flames": "ff6414 ffb820 7c1008",
    "burning": "ff5c10 ffb820 50080a", "lava": "ff4408 ffa01c 280808",
    "volcano": "f04010 2c1414 ff9a24", "inferno": "ff4408 ffa01c 400808",
    "ember": "e0480c 401010", "embers": "e0480c 401010", "ocean": "0c6cb0 18b0c0 06244c",
    "sea": "1078b4 2cb8c0 082c54", "underwater": "0a80a8 30ccc0 062a4c",
    "water": "1c80c0 5cc8d8", "lake": "2c84ac 8cc4cc", "river": "2c84ac 8cc4cc",
    "whale": "1c5c94 082848", "forest": "1c7c44 0c3420 a8b848", "jungle": "148a3c 0a3c20 c8c83c",
    "tree": "2c803c 7c5830", "trees": "2c803c 7c5830", "leaf": "4ca83c 1c6030",
    "leaves": "c8902c 4c8c34", "meadow": "5cb44c e8d458", "garden": "48a850 ec7cac",
    "grass": "58ac3c", "spring": "8cd464 f8a8c8", "summer": "fcc83c 30b0e0",
    "autumn": "d8641c ac2c18 e8b03c", "fall": "d8641c ac2c18 e8b03c",
    "winter": "a4c8e8 eaf2fa 4c749c", "snow": "e8f0fa a0c0e4 5078a8",
    "snowy": "e8f0fa a0c0e4 5078a8", "ice": "b8e4f4 5cacd8 144c7c", "icy": "b8e4f4 5cacd8",
    "frozen": "b8e4f4 5cacd8 1c4c78", "glacier": "9cd8ec 3c8cc0", "rain": "4c7898 1c2c40",
    "rainy": "4c7898 1c2c40", "storm": "46587c 181e30 a8bcdc", "fog": "a4b0ba 5c6c7a",
    "mist": "a8b8c0 64788a", "misty": "a8b8c0 64788a", "smoke": "6c6c76 26262c",
    "desert": "e09c50 b4542c f0d09c", "dune": "e0a054 a85c30", "dunes": "e0a054 a85c30",
    "mars": "c8502c 6c2418 eca070", "space": "1c1c54 6a34a8 08081a",
    "cosmic": "5c2cb0 e050b0 0c0c28", "galaxy": "6c34c0 e45ca8 0a0a24",
    "nebula": "8038c8 f05c90 20b0c8", "star": "f0e0a8 1c2058", "stars": "f0e0a8 141848",
    "starry": "e8dca4 162060", "aurora": "2ce09c 8c4ce0 0a1c40", "sky": "4ca4f0 bce0fa",
    "heaven": "bcdcfa fae8b8", "angel": "f6eed8 c8b088", "noir": "0a0a0c 84888e dcdcdc",
    "gothic": "181420 6c1c38", "horror": "8c1010 0c0c0e 445044", "haunted": "3c4c50 101418",
    "ghost": "b8c8d0 28343e", "pastel": "fcc4d8 c4dcfa d8f4d0", "candy": "ff7cb8 7ce0f0 fff07c",
    "rainbow": "f03c3c fcc02c 34b45c 2c80e8 9c44d8", "psychedelic": "f42cb0 24dc9c fcb41c 6c2cf0",
    "acid": "b4f41c f01cb0 1c1040", "wedding": "fbf2ec f4c4cc e0b880", "love": "e8305c f89cb0",
    "heart": "dc1c48 6c0c24", "dream": "b89cf0 f8b8d8 8cd0f0", "dreamy": "b89cf0 f8b8d8 8cd0f0",
    "vintage": "c89c64 74543c e8d8b0", "retro": "e87c34 2ca49c f4dcac",
    "steampunk": "b87834 5c3a20 d8b068", "industrial": "6c747c c0642c", "city": "3c5484 f0b458",
    "urban": "5c6478 e0944c", "robot": "8ca4b4 20c8dc", "machine": "74808c d8843c",
    "metal": "98a4b0 3c444e", "metallic": "98a4b0 3c444e", "steel": "7890a8 2c3844",
    "chrome": "a8bcd0 30405c", "marble": "e8e4de 94908c", "wood": "94602c d0a468",
    "wooden": "94602c d0a468", "diamond": "d8f0fa 6cb4dc", "crystal": "b8e0f8 8c7ce0",
    "candlelight": "f8ac48 40200e", "cathedral": "d8a848 3c2c44", "temple": "d8a04c 5c3820",
    "magic": "8c3cf0 fcc84c", "mystic": "6440b8 2ca8a0", "royal": "4c28b0 e8b83c",
    "blossom": "fcb0c8 f4e0e0 6c9c58", "flower": "f0609c 58a044", "flowers": "f0609c f8c83c 58a044",
    "tropical": "12b8a8 ff8c48 f8d848", "beach": "f0d49c 30b8d0", "toxic": "8cf01c 143418",
    "matrix": "14e04c 041408", "electric": "2c7cff 28ecfc 1c1060", "disco": "f02ca8 fcbc2c 4c2cf0",
    "carnival": "f03c48 fcc034 2c74e0", "circus": "e02c30 fae0a0 1c3c8c",
    "halloween": "ff7c10 14100c 7c2cb0", "christmas": "c81c28 147c3c f0dca0",
}
"""What a word brings along without naming it, strongest first."""

LIGHTER = frozenset({"light", "pale", "pastel", "bright", "soft", "faded", "baby"})
DARK = frozenset({
    "night", "midnight", "dark", "darkness", "noir", "shadow", "shadows", "gothic", "horror",
    "space", "galaxy", "cave", "haunted", "nocturnal", "moody", "black", "deep", "storm", "noche",
    "nacht", "nuit", "ночь", "夜",
})
"""Words that darken a picture."""

BRIGHT = frozenset({
    "white", "wedding", "snow", "snowy", "morning", "pastel", "heaven", "bright", "light", "day",
    "pale", "sunny", "cream", "ivory", "airy", "noon", "clouds", "ice", "angel", "weiß", "белый",
})
"""Words that lighten a picture."""

DARKER = frozenset({"dark", "deep", "shadowy", "moody", "dim"})
