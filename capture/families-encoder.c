/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "capture/families-private.h"
const FoveaFamily fovea_encoder_families[] = {{0}};
