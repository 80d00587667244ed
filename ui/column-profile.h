/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Beside the map: who looks at the selected key. */
#include "ui/profile.h"

#define FOVEA_TYPE_COLUMN_PROFILE (fovea_column_profile_get_type ())
G_DECLARE_FINAL_TYPE (FoveaColumnProfile, fovea_column_profile, FOVEA, COLUMN_PROFILE, FoveaProfile)

/**
 * fovea_column_profile_new:
 *
 * The selected column over all queries, the first on top, with the visible span framed. Click: query.
 *
 * Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_column_profile_new (FoveaSelection *selection,
                                     FoveaCellModel *cells,
                                     FoveaViewport *viewport);
