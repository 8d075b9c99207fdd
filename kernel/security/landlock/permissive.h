/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Layers that report instead of denying
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_PERMISSIVE_H
#define _SECURITY_LANDLOCK_PERMISSIVE_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "access.h"
#include "cred.h"
#include "domain.h"
#include "fs.h"
#include "log.h"

/*
 * Layers are independent: a domain allows a request if each layer does, so
 * a check only has to know which layers deny.  All checks therefore ask all
 * layers, as if none of them was permissive, and what allows a request costs
 * the same as without permissive layers.  It is a denial that is looked at
 * again: it stands if an enforcing layer denies, and is only reported otherwise.
 *
 * Sets of layers are bitmasks.  A domain without permissive layers asks for none
 * of them.
 */

u16 landlock_get_missing_layers(const struct layer_masks *const masks,
				const access_mask_t access);

u16 landlock_get_handling_layers(const struct landlock_domain *const domain,
				 const struct access_masks masks);

u16 landlock_get_separating_layers(const struct landlock_domain *const domain,
				   const struct landlock_domain *const other);

void landlock_keep_layers(struct layer_masks *const masks, const u16 layers);

int landlock_deny(const struct landlock_cred_security *const subject,
		  const u16 layers,
		  const struct landlock_request *const request, const int err);

int landlock_deny_access(const struct landlock_cred_security *const subject,
			 const struct layer_masks *const masks,
			 const access_mask_t access,
			 const struct landlock_request *const request,
			 const int err);

int landlock_deny_handled(const struct landlock_cred_security *const subject,
			  const struct access_masks masks,
			  const struct landlock_request *const request,
			  const int err);

void landlock_set_file_permissive(struct landlock_file_security *const file,
				  const struct landlock_domain *const domain,
				  struct layer_masks *const masks);

bool landlock_report_file(const struct landlock_cred_security *const subject,
			  const struct file *const file,
			  const access_mask_t access,
			  const struct common_audit_data *const audit);

/**
 * landlock_enforces - Tell if an enforcing layer handles access rights
 *
 * @domain: The domain, of which at least one layer handles some of @masks.
 * @masks: The access rights.
 *
 * Return: True if so, false if only permissive layers do.
 */
static inline bool landlock_enforces(const struct landlock_domain *const domain,
				     const struct access_masks masks)
{
	return likely(!domain->permissive_layers) ||
	       (landlock_get_handling_layers(domain, masks) &
		~domain->permissive_layers);
}

#endif /* _SECURITY_LANDLOCK_PERMISSIVE_H */
