/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Operations on any device with arguments in host memory, so that one suite serves all tables. A
 * device whose buffers are the host's gets the arguments as they are. For one with its own memory
 * every array travels into a buffer, and back if the operation writes it. Arrays that overlap share
 * a buffer: what is in place stays in place.
 *
 * Each call fails the test if the operation wrote behind the end of a buffer, or into one that it
 * should only read. Each returns when results are there. */
#include "kernels/device-experts.h"
#include "kernels/device.h"

/* carry_ENTRY() takes what the table's entry of that name takes. */
#define OPS_CARRY(entry) extern __typeof__ (*((const FoveaOps *) NULL)->entry) carry_##entry

OPS_CARRY (norm);
OPS_CARRY (linear); /* gaps between rows travel too, so that a write into them shows */
OPS_CARRY (rotary); /* the tables hold the positions up to the last row's */
OPS_CARRY (activate);
OPS_CARRY (add);
OPS_CARRY (scale);
OPS_CARRY (clip);
OPS_CARRY (soft_cap);
OPS_CARRY (add_gated);
OPS_CARRY (route);
OPS_CARRY (experts); /* the device's list of addresses is made here; args->data is not looked at */
OPS_CARRY (embed);
OPS_CARRY (attend); /* the rule's arrays are host memory for every device */
OPS_CARRY (rectangle);
OPS_CARRY (top_rows);  /* numbers of keys of all rows are host memory for every device */
OPS_CARRY (mask_rows); /* and so are lists of tiles */
OPS_CARRY (cross_entropy);
OPS_CARRY (convert);
OPS_CARRY (round);
OPS_CARRY (find_nan);
OPS_CARRY (copy_rows);
