/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Any bytes as a picture, through the platform's loaders, then scaled both ways. */
#include "capture/picture.h"
#include "tests/fuzz.h"

void
fuzz_one (const guint8 *data, gsize size)
{
    g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
    g_autoptr (FoveaPicture) picture = fovea_picture_decode (bytes, "picture", NULL);
    if (picture == NULL || picture->width * picture->height > 1 << 16)
        return;
    g_autoptr (FoveaPicture) grey = fovea_picture_to_grey (picture);
    g_autoptr (FoveaPicture) small = fovea_picture_scale (picture, 3, 2, FOVEA_RESAMPLE_BICUBIC);
    g_autoptr (FoveaPicture) large = fovea_picture_scale (grey, 40, 50, FOVEA_RESAMPLE_BILINEAR);
    g_assert (small->channels == 3 && large->channels == 1);
}
