// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Layers that report instead of denying
 *
 * Copyright © 2026 The execlock authors
 */

#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/fs.h>
#include <linux/lsm_audit.h>
#include <linux/types.h>

#include "access.h"
#include "cred.h"
#include "domain.h"
#include "fs.h"
#include "limits.h"
#include "log.h"
#include "permissive.h"

/**
 * landlock_get_missing_layers - Get the layers that do not grant access rights
 *
 * @masks: The access rights that each layer does not grant.
 * @access: The requested access rights.
 *
 * Return: The layers that miss at least one of @access.
 */
u16 landlock_get_missing_layers(const struct layer_masks *const masks,
				const access_mask_t access)
{
	u16 layers = 0;

	for (size_t i = 0; i < ARRAY_SIZE(masks->layers); i++) {
		if (masks->layers[i].access & access)
			layers |= BIT(i);
	}
	return layers;
}

/**
 * landlock_get_handling_layers - Get the layers that handle access rights
 *
 * @domain: The domain.
 * @masks: The access rights.
 *
 * Return: The layers that handle at least one of @masks.
 */
u16 landlock_get_handling_layers(const struct landlock_domain *const domain,
				 const struct access_masks masks)
{
	const union access_masks_all wanted = {
		.masks = masks,
	};
	u16 layers = 0;

	for (size_t i = 0; i < domain->num_layers; i++) {
		const union access_masks_all layer = {
			.masks = domain->layers[i]->enforced_masks,
		};

		if (layer.all & wanted.all)
			layers |= BIT(i);
	}
	return layers;
}

static bool is_in_hierarchy(const struct landlock_hierarchy *const node,
			    const struct landlock_domain *const domain)
{
	const struct landlock_hierarchy *walker;

	for (walker = domain ? domain->hierarchy : NULL; walker;
	     walker = walker->parent) {
		if (walker == node)
			return true;
	}
	return false;
}

/**
 * landlock_get_separating_layers - Get the layers that two domains do not share
 *
 * @domain: The domain with these layers.
 * @other: The other domain, or NULL.
 *
 * Domains share their oldest layers, if any.
 *
 * Return: The layers of @domain that are not in @other.
 */
u16 landlock_get_separating_layers(const struct landlock_domain *const domain,
				   const struct landlock_domain *const other)
{
	const struct landlock_hierarchy *node = domain->hierarchy;
	u16 layers = 0;

	for (int i = domain->num_layers - 1; i >= 0; i--) {
		if (is_in_hierarchy(node, other))
			break;

		layers |= BIT(i);
		node = node->parent;
	}
	return layers;
}

/**
 * landlock_keep_layers - Let all but some layers allow everything
 *
 * @masks: The access rights that each layer does not grant.
 * @layers: The layers that do not change.
 */
void landlock_keep_layers(struct layer_masks *const masks, const u16 layers)
{
	for (size_t i = 0; i < ARRAY_SIZE(masks->layers); i++) {
		if (!(layers & BIT(i)))
			masks->layers[i].access = 0;
	}
}

static void log_layer(const struct landlock_cred_security *const subject,
		      const size_t layer,
		      const struct landlock_request *const request,
		      const bool permissive)
{
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	const struct layer_masks *const masks = request->layer_masks;

	landlock_log_layer(
		subject, request, layer,
		masks ? request->access & masks->layers[layer].access : 0,
		masks && masks->layers[layer].quiet, permissive);
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
}

/*
 * Denies a request in a domain with permissive layers: @layers are all layers that
 * deny it, at least one, and @permissive are those that only report.
 *
 * If an enforcing layer denies the request, the youngest of them is logged, as
 * in a domain without permissive layers.  Otherwise, the request is allowed, and
 * each of @layers is logged, from the oldest to the youngest.
 */
static int deny_layers(const struct landlock_cred_security *const subject,
		       const u16 layers, const u16 permissive,
		       const struct landlock_request *const request,
		       const int err)
{
	const u16 enforcing = layers & ~permissive;
	const unsigned long logged =
		enforcing ? BIT(fls(enforcing) - 1) : layers;
	unsigned long layer;

	/* Whatever denied the request, it did. */
	if (WARN_ON_ONCE(!layers))
		return err;

	for_each_set_bit(layer, &logged, LANDLOCK_MAX_NUM_LAYERS)
		log_layer(subject, layer, request, permissive & BIT(layer));

	return enforcing ? err : 0;
}

/**
 * landlock_deny - Deny a request that some layers of a domain deny
 *
 * @subject: The credential with the domain.
 * @layers: All layers that deny the request.  Not used if the domain has no
 *          permissive layers.
 * @request: The request to log.
 * @err: The error of the denial.
 *
 * Return: @err if an enforcing layer denies the request, or 0.
 */
int landlock_deny(const struct landlock_cred_security *const subject,
		  const u16 layers,
		  const struct landlock_request *const request, const int err)
{
	const u16 permissive = subject->domain->permissive_layers;

	if (unlikely(permissive))
		return deny_layers(subject, layers, permissive, request, err);

	landlock_log_denial(subject, request);
	return err;
}

/**
 * landlock_deny_access - Deny a request that lacks access rights
 *
 * @subject: Cf. landlock_deny().
 * @masks: The access rights that each layer does not grant.
 * @access: The requested access rights.
 * @request: Cf. landlock_deny().
 * @err: Cf. landlock_deny().
 *
 * Return: Cf. landlock_deny().
 */
int landlock_deny_access(const struct landlock_cred_security *const subject,
			 const struct layer_masks *const masks,
			 const access_mask_t access,
			 const struct landlock_request *const request,
			 const int err)
{
	const u16 permissive = subject->domain->permissive_layers;

	if (unlikely(permissive))
		return deny_layers(
			subject, landlock_get_missing_layers(masks, access),
			permissive, request, err);

	landlock_log_denial(subject, request);
	return err;
}

/**
 * landlock_deny_handled - Deny a request that no rule can allow
 *
 * @subject: Cf. landlock_deny().
 * @masks: Access rights.  Layers that handle any of them deny the request.
 * @request: Cf. landlock_deny().
 * @err: Cf. landlock_deny().
 *
 * Return: Cf. landlock_deny().
 */
int landlock_deny_handled(const struct landlock_cred_security *const subject,
			  const struct access_masks masks,
			  const struct landlock_request *const request,
			  const int err)
{
	const u16 permissive = subject->domain->permissive_layers;

	if (unlikely(permissive))
		return deny_layers(
			subject,
			landlock_get_handling_layers(subject->domain, masks),
			permissive, request, err);

	landlock_log_denial(subject, request);
	return err;
}

/* Opened files */

/* Returns the index of an optional access among all of them. */
static size_t get_optional_index(const access_mask_t access)
{
	return hweight32(_LANDLOCK_ACCESS_FS_OPTIONAL & (access - 1));
}

/**
 * landlock_set_file_permissive - Remember what only permissive layers deny
 *
 * @file: The file that is being opened, and to which not all layers allow all
 *        accesses.
 * @domain: The domain, which has permissive layers.
 * @masks: The access rights that each layer does not grant.  An access right
 *         that an enforcing layer denies is removed from permissive layers:
 *         their denials must neither be logged, nor hide those of the enforcing
 *         layer in &landlock_file_security.deny_masks.
 */
void landlock_set_file_permissive(struct landlock_file_security *const file,
				  const struct landlock_domain *const domain,
				  struct layer_masks *const masks)
{
	const unsigned long permissive = domain->permissive_layers;
	const unsigned long optional = _LANDLOCK_ACCESS_FS_OPTIONAL;
	access_mask_t enforced = 0;
	unsigned long i;

	BUILD_BUG_ON(BITS_PER_TYPE(file->permissive_layers[0]) <
		     LANDLOCK_MAX_NUM_LAYERS);

	for (i = 0; i < domain->num_layers; i++) {
		if (!(permissive & BIT(i)))
			enforced |= masks->layers[i].access;
	}
	for_each_set_bit(i, &permissive, LANDLOCK_MAX_NUM_LAYERS) {
		masks->layers[i].access &= ~enforced;
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
		if (masks->layers[i].quiet)
			file->permissive_quiet |= BIT(i);
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
	}
	for_each_set_bit(i, &optional, LANDLOCK_NUM_ACCESS_FS)
		file->permissive_layers[get_optional_index(BIT(i))] =
			permissive & landlock_get_missing_layers(masks, BIT(i));
}

/**
 * landlock_report_file - Report an optional access that enforcing layers allow
 *
 * @subject: The subject with which @file was opened.  Which of its layers were
 *           permissive then does not change.
 * @file: The opened file, to which not all layers allow @access.
 * @access: One of the optional accesses.
 * @audit: The object of the request.
 *
 * Return: True if only permissive layers deny @access, and were logged, or
 * false.
 */
bool landlock_report_file(const struct landlock_cred_security *const subject,
			  const struct file *const file,
			  const access_mask_t access,
			  const struct common_audit_data *const audit)
{
	const struct landlock_file_security *const security =
		landlock_file(file);
	const unsigned long layers =
		security->permissive_layers[get_optional_index(access)];
	struct layer_masks masks = {};
	unsigned long i;

	for_each_set_bit(i, &layers, LANDLOCK_MAX_NUM_LAYERS) {
		masks.layers[i].access = access;
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
		masks.layers[i].quiet = !!(security->permissive_quiet & BIT(i));
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
	}
	if (layers)
		deny_layers(subject, layers, layers,
			    &(struct landlock_request){
				    .type = LANDLOCK_REQUEST_FS_ACCESS,
				    .audit = *audit,
				    .access = access,
				    .layer_masks = &masks,
			    },
			    0);
	return layers;
}

#ifdef CONFIG_SECURITY_LANDLOCK_KUNIT_TEST

static struct landlock_domain *new_domain(struct kunit *const test,
					  const u32 num_layers)
{
	struct landlock_domain *const domain = kunit_kzalloc(
		test, struct_size(domain, layers, num_layers), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, domain);
	domain->num_layers = num_layers;
	for (u32 i = 0; i < num_layers; i++) {
		domain->layers[i] = kunit_kzalloc(
			test, sizeof(*domain->layers[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, domain->layers[i]);
	}
	return domain;
}

/* Gives a domain the nodes of its layers, on top of those of @parent. */
static void init_hierarchy(struct kunit *const test,
			   struct landlock_domain *const domain,
			   const struct landlock_domain *const parent)
{
	struct landlock_hierarchy *node = parent ? parent->hierarchy : NULL;

	for (u32 i = parent ? parent->num_layers : 0; i < domain->num_layers;
	     i++) {
		struct landlock_hierarchy *const child =
			kunit_kzalloc(test, sizeof(*child), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, child);
		child->parent = node;
		node = child;
	}
	domain->hierarchy = node;
}

static void test_missing_layers(struct kunit *const test)
{
	const struct layer_masks masks = {
		.layers[0].access = LANDLOCK_ACCESS_FS_EXECUTE,
		.layers[2].access = LANDLOCK_ACCESS_FS_READ_FILE |
				    LANDLOCK_ACCESS_FS_EXECUTE,
		.layers[15].access = LANDLOCK_ACCESS_FS_READ_FILE,
	};

	KUNIT_EXPECT_EQ(test, BIT(0) | BIT(2),
			landlock_get_missing_layers(
				&masks, LANDLOCK_ACCESS_FS_EXECUTE));
	KUNIT_EXPECT_EQ(test, BIT(2) | BIT(15),
			landlock_get_missing_layers(
				&masks, LANDLOCK_ACCESS_FS_READ_FILE));
	KUNIT_EXPECT_EQ(test, BIT(0) | BIT(2) | BIT(15),
			landlock_get_missing_layers(
				&masks, LANDLOCK_ACCESS_FS_READ_FILE |
						LANDLOCK_ACCESS_FS_EXECUTE));
	KUNIT_EXPECT_EQ(test, 0,
			landlock_get_missing_layers(
				&masks, LANDLOCK_ACCESS_FS_WRITE_FILE));
}

static void test_handling_layers(struct kunit *const test)
{
	const struct access_masks all_fs = { .fs = ~0 };
	const struct access_masks signal = { .scope = LANDLOCK_SCOPE_SIGNAL };
	struct landlock_domain *const domain = new_domain(test, 3);

	domain->layers[0]->enforced_masks.fs = LANDLOCK_ACCESS_FS_EXECUTE;
	domain->layers[1]->enforced_masks.scope = LANDLOCK_MASK_SCOPE;
	domain->layers[2]->enforced_masks.fs = LANDLOCK_ACCESS_FS_MAKE_REG;

	KUNIT_EXPECT_EQ(test, BIT(0) | BIT(2),
			landlock_get_handling_layers(domain, all_fs));
	KUNIT_EXPECT_EQ(test, BIT(1),
			landlock_get_handling_layers(domain, signal));

	KUNIT_EXPECT_TRUE(test, landlock_enforces(domain, all_fs));
	domain->permissive_layers = BIT(0);
	KUNIT_EXPECT_TRUE(test, landlock_enforces(domain, all_fs));
	KUNIT_EXPECT_TRUE(test, landlock_enforces(domain, signal));
	domain->permissive_layers = BIT(0) | BIT(2);
	KUNIT_EXPECT_FALSE(test, landlock_enforces(domain, all_fs));
	KUNIT_EXPECT_TRUE(test, landlock_enforces(domain, signal));
}

static void test_separating_layers(struct kunit *const test)
{
	struct landlock_domain *const parent = new_domain(test, 2);
	struct landlock_domain *const child = new_domain(test, 4);
	struct landlock_domain *const sibling = new_domain(test, 3);
	struct landlock_domain *const stranger = new_domain(test, 4);

	init_hierarchy(test, parent, NULL);
	init_hierarchy(test, child, parent);
	init_hierarchy(test, sibling, parent);
	init_hierarchy(test, stranger, NULL);

	KUNIT_EXPECT_EQ(test, 0, landlock_get_separating_layers(parent, parent));
	KUNIT_EXPECT_EQ(test, 0, landlock_get_separating_layers(parent, child));
	KUNIT_EXPECT_EQ(test, BIT(2) | BIT(3),
			landlock_get_separating_layers(child, parent));
	KUNIT_EXPECT_EQ(test, BIT(2) | BIT(3),
			landlock_get_separating_layers(child, sibling));
	KUNIT_EXPECT_EQ(test, BIT(2),
			landlock_get_separating_layers(sibling, child));
	KUNIT_EXPECT_EQ(test, 0xf,
			landlock_get_separating_layers(child, stranger));
	KUNIT_EXPECT_EQ(test, 0xf, landlock_get_separating_layers(child, NULL));
}

static void test_keep_layers(struct kunit *const test)
{
	struct layer_masks masks;

	for (size_t i = 0; i < ARRAY_SIZE(masks.layers); i++)
		masks.layers[i].access = LANDLOCK_ACCESS_FS_EXECUTE;

	landlock_keep_layers(&masks, BIT(0) | BIT(7) | BIT(15));
	KUNIT_EXPECT_EQ(test, BIT(0) | BIT(7) | BIT(15),
			landlock_get_missing_layers(&masks, ~0));
}

#ifdef CONFIG_SECURITY_LANDLOCK_LOG

#define NUM_LAYERS 4

/* Checks the result, and which layers logged. */
static void expect_decision(struct kunit *const test,
			    const struct landlock_cred_security *const subject,
			    const u16 denying, const u16 logged, const int err)
{
	const struct landlock_request request = {
		.type = LANDLOCK_REQUEST_SCOPE_SIGNAL,
		.layer_plus_one = 1,
	};
	struct landlock_hierarchy *node = subject->domain->hierarchy;

	KUNIT_EXPECT_EQ(test, err,
			deny_layers(subject, denying,
				    subject->domain->permissive_layers,
				    &request, -EPERM));
	for (int i = NUM_LAYERS - 1; i >= 0; i--) {
		KUNIT_EXPECT_EQ(test, !!(logged & BIT(i)),
				atomic64_read(&node->num_denials));
		atomic64_set(&node->num_denials, 0);
		node = node->parent;
	}
}

/* In all mixes of modes and of layers that deny. */
static void test_deny_layers(struct kunit *const test)
{
	struct landlock_domain *const domain = new_domain(test, NUM_LAYERS);
	struct landlock_cred_security subject = {
		.domain = domain,
	};

	init_hierarchy(test, domain, NULL);
	for (u16 modes = 0; modes < BIT(NUM_LAYERS); modes++) {
		domain->permissive_layers = modes;
		for (u16 denying = 1; denying < BIT(NUM_LAYERS); denying++) {
			u16 youngest = BIT(NUM_LAYERS - 1);

			while (youngest && !(denying & ~modes & youngest))
				youngest >>= 1;

			expect_decision(test, &subject, denying,
					youngest ?: denying,
					youngest ? -EPERM : 0);
		}
	}
}

/* Only a layer that does not grant a requested access right logs. */
static void test_deny_access(struct kunit *const test)
{
	const struct layer_masks masks = {
		.layers[0].access = LANDLOCK_ACCESS_FS_READ_FILE |
				    LANDLOCK_ACCESS_FS_WRITE_FILE,
		.layers[1].access = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	struct landlock_domain *const domain = new_domain(test, 2);
	const struct landlock_cred_security subject = {
		.domain = domain,
	};

	init_hierarchy(test, domain, NULL);
	domain->permissive_layers = BIT(0) | BIT(1);
	KUNIT_EXPECT_EQ(test, 0,
			landlock_deny_access(
				&subject, &masks, LANDLOCK_ACCESS_FS_WRITE_FILE,
				&(struct landlock_request){
					.type = LANDLOCK_REQUEST_FS_ACCESS,
					.access = LANDLOCK_ACCESS_FS_WRITE_FILE,
					.layer_masks = &masks,
				},
				-EACCES));
	KUNIT_EXPECT_EQ(test, 0, atomic64_read(&domain->hierarchy->num_denials));
	KUNIT_EXPECT_EQ(
		test, 1,
		atomic64_read(&domain->hierarchy->parent->num_denials));
}

#endif /* CONFIG_SECURITY_LANDLOCK_LOG */

/*
 * Layers 0 and 3 are enforcing.  Layer 0 denies to truncate, so the permissive
 * layers 1 and 2 have only the other access to report.
 */
static void test_file_permissive(struct kunit *const test)
{
	struct landlock_domain *const domain = new_domain(test, 4);
	struct landlock_file_security file = {};
	struct layer_masks masks = {
		.layers[0].access = LANDLOCK_ACCESS_FS_TRUNCATE,
		.layers[1].access = LANDLOCK_ACCESS_FS_IOCTL_DEV |
				    LANDLOCK_ACCESS_FS_TRUNCATE,
		.layers[2].access = LANDLOCK_ACCESS_FS_IOCTL_DEV |
				    LANDLOCK_ACCESS_FS_READ_FILE,
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
		.layers[2].quiet = true,
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
	};

	domain->permissive_layers = BIT(1) | BIT(2);
	landlock_set_file_permissive(&file, domain, &masks);
	KUNIT_EXPECT_EQ(test, 0, file.permissive_layers[0]);
	KUNIT_EXPECT_EQ(test, BIT(1) | BIT(2), file.permissive_layers[1]);
	KUNIT_EXPECT_EQ(test, BIT(0),
			landlock_get_missing_layers(
				&masks, LANDLOCK_ACCESS_FS_TRUNCATE));
	KUNIT_EXPECT_EQ(test, BIT(2),
			landlock_get_missing_layers(
				&masks, LANDLOCK_ACCESS_FS_READ_FILE));
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	KUNIT_EXPECT_EQ(test, BIT(2), file.permissive_quiet);
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */

	/* Layer 0 becomes permissive. */
	masks.layers[1].access |= LANDLOCK_ACCESS_FS_TRUNCATE;
	domain->permissive_layers |= BIT(0);
	landlock_set_file_permissive(&file, domain, &masks);
	KUNIT_EXPECT_EQ(test, BIT(0) | BIT(1), file.permissive_layers[0]);
	KUNIT_EXPECT_EQ(test, BIT(1) | BIT(2), file.permissive_layers[1]);
}

static struct kunit_case test_cases[] = {
	/* clang-format off */
	KUNIT_CASE(test_missing_layers),
	KUNIT_CASE(test_handling_layers),
	KUNIT_CASE(test_separating_layers),
	KUNIT_CASE(test_keep_layers),
#ifdef CONFIG_SECURITY_LANDLOCK_LOG
	KUNIT_CASE(test_deny_layers),
	KUNIT_CASE(test_deny_access),
#endif /* CONFIG_SECURITY_LANDLOCK_LOG */
	KUNIT_CASE(test_file_permissive),
	{}
	/* clang-format on */
};

static struct kunit_suite test_suite = {
	.name = "landlock_permissive",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);

#endif /* CONFIG_SECURITY_LANDLOCK_KUNIT_TEST */
