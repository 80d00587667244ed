/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Every polygon is a table of points for radius 1; the factors were set by eye so that no shape
 * looks heavier than the disc. */
#include "ui/figures/marks.h"

#include "ui/figures/inks.h"

#define DISC_SCALE  0.9
#define RING_WIDTH  0.3
#define MAX_CORNERS 12

typedef struct {
    guint n;
    double points[2 * MAX_CORNERS];
} Outline;

static const Outline outlines[] = {
    [FOVEA_MARK_TRIANGLE_UP] = {3, {0, -1, 1, 0.8, -1, 0.8}},
    [FOVEA_MARK_BAR] = {4, {-1.1, -0.45, 1.1, -0.45, 1.1, 0.45, -1.1, 0.45}},
    [FOVEA_MARK_DIAMOND] = {4, {0, -1.15, 1.15, 0, 0, 1.15, -1.15, 0}},
    [FOVEA_MARK_SQUARE] = {4, {-0.85, -0.85, 0.85, -0.85, 0.85, 0.85, -0.85, 0.85}},
    [FOVEA_MARK_CROSS] = {12, {-1, -0.6, -0.6, -1, 0, -0.4, 0.6,  -1, 1,  -0.6, 0.4,  0,
                               1,  0.6,  0.6,  1,  0, 0.4,  -0.6, 1,  -1, 0.6,  -0.4, 0}},
    [FOVEA_MARK_TRIANGLE_DOWN] = {3, {-1, -0.8, 1, -0.8, 0, 1}},
};

void
fovea_mark_add (FoveaScene *scene,
                FoveaMark mark,
                double x,
                double y,
                double radius,
                guint32 color,
                double edge)
{
    guint32 stroke = edge > 0 ? fovea_scene_get_inks (scene)->ground : 0;
    if (mark == FOVEA_MARK_RING) {
        double r = radius * (DISC_SCALE - RING_WIDTH / 2), width = radius * RING_WIDTH;
        if (edge > 0)
            fovea_scene_add_disc (scene, x, y, r, 0, stroke, width + 2 * edge);
        fovea_scene_add_disc (scene, x, y, r, 0, color, width);
        return;
    }
    if (mark == FOVEA_MARK_DISC) {
        fovea_scene_add_disc (scene, x, y, radius * DISC_SCALE, color, stroke, edge);
        return;
    }
    const Outline *outline = &outlines[mark];
    double points[2 * MAX_CORNERS];
    for (guint i = 0; i < outline->n; i++) {
        points[2 * i] = x + radius * outline->points[2 * i];
        points[2 * i + 1] = y + radius * outline->points[2 * i + 1];
    }
    fovea_scene_add_path (scene, points, outline->n, TRUE, color, stroke, edge);
}
