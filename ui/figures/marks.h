/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Shapes of the classes, so that colour is never alone. */
#include "ui/figures/color-map.h"
#include "ui/figures/scene.h"

/**
 * fovea_mark_add:
 * @radius: half its size; shapes are balanced to look equally large
 * @edge: width of an edge in the colour of the ground, 0 = none
 *
 * One mark round a centre.   Units: points.
 *
 * Thread: as the scene.
 */
void fovea_mark_add (FoveaScene *scene,
                     FoveaMark mark,
                     double x,
                     double y,
                     double radius,
                     guint32 color,
                     double edge);
