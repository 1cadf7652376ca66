/* moat: rows of cases.h: CHECK1, what C is passed and what is returned to it; the audit.
 *
 * SPDX-License-Identifier: MIT */

/* ---- arguments ---- */
TRAPS(argument_that_leads_to_an_object, 1, ARGUMENT, NULL, &kept->next, object, MOAT_STORE(kept->next, object);
      (void)MOAT_CALL(c_take, kept), (void)MOAT_CALL(c_take, kept))
TRAPS(argument_that_leads_to_its_inside, 1, ARGUMENT, NULL, &kept->next, &object->more,
      MOAT_STORE(kept->next, (struct node *)(void *)(uintptr_t)&object->more);
      (void)MOAT_CALL(c_take, kept), MOAT_STORE(kept->next, object + 1); (void)MOAT_CALL(c_take, kept))
TRAPS(argument_that_leads_to_an_unpinned_object, 1, ARGUMENT, NULL, &kept->next, pinned, MOAT_STORE(kept->next, pinned);
      (void)moat_unpin(pinned); (void)MOAT_CALL(c_take, kept), MOAT_STORE(kept->next, pinned);
      (void)MOAT_CALL(c_take, kept))
TRAPS(argument_that_leads_past_a_persistent_block, 1, ARGUMENT, NULL, &kept->next, object,
      MOAT_STORE(kept->next, object);
      (void)MOAT_CALL(c_take, kept), MOAT_STORE(kept->next, persistent); (void)MOAT_CALL(c_take, kept))
TRAPS(second_argument, 1, ARGUMENT, NULL, &kept->next, object, MOAT_STORE(kept->next, object);
      (void)MOAT_CALL(c_take_two, object, kept), NEED(MOAT_CALL(c_take_two, object, object) == 1))
TRAPS(field_that_is_a_slot, 1, ARGUMENT, NULL, &kept->next, object, MOAT_STORE(kept->next, object);
      (void)MOAT_CALL(c_take, &kept->next), MOAT_STORE(kept->next, object); (void)MOAT_CALL(c_take, &kept->value))
TRAPS(array_of_slots, 1, ARGUMENT, NULL, &mixed_object()->array[2], object, struct mixed *mixed = mixed_object();
      MOAT_STORE(mixed->array[2], object); (void)MOAT_CALL(c_take, mixed->array), struct mixed *mixed = mixed_object();
      MOAT_STORE(mixed->array[2], object); (void)MOAT_CALL(c_take, mixed->text))
TRAPS(one_slot_of_an_array, 1, ARGUMENT, NULL, &mixed_object()->array[2], object, struct mixed *mixed = mixed_object();
      MOAT_STORE(mixed->array[2], object);
      (void)MOAT_CALL(c_take, &mixed->array[2]), struct mixed *mixed = mixed_object();
      MOAT_STORE(mixed->array[2], object); (void)MOAT_CALL(c_take, &mixed->array[1]))
TRAPS(union_with_a_slot, 1, ARGUMENT, NULL, &mixed_object()->either, object, struct mixed *mixed = mixed_object();
      MOAT_STORE(mixed->either.node, object);
      (void)MOAT_CALL(c_take, &mixed->either), struct mixed *mixed = mixed_object(); mixed->either.number = 7;
      (void)MOAT_CALL(c_take, &mixed->either))
TRAPS(pointer_of_unknown_type, 1, ARGUMENT, NULL, &kept->next, object, MOAT_STORE(kept->next, object);
      (void)MOAT_CALL(c_take, (void *)(uintptr_t)&kept->value), MOAT_STORE(kept->next, object);
      (void)MOAT_CALL(c_take, (char *)(uintptr_t)&kept->value))
TRAPS(pointer_behind_the_slot_of_unknown_type, 1, ARGUMENT, NULL, &kept->next, object, MOAT_STORE(kept->next, object);
      (void)MOAT_CALL(c_take, (const void *)&kept->more), MOAT_STORE(kept->next, object);
      (void)MOAT_CALL(c_take, &kept->more))
TRAPS(element_shows_its_array, 1, ARGUMENT, NULL, &elements[0].next, object, MOAT_STORE(elements[0].next, object);
      (void)MOAT_CALL(c_take, &elements[2]), MOAT_STORE(elements[0].next, object);
      (void)MOAT_CALL(c_take, &elements[2].next))
TRAPS(slot_in_the_root_section, 1, ARGUMENT, ".data/.bss", &root_slots[3], object, MOAT_STORE(root_slots[3], object);
      (void)MOAT_CALL(c_take, root_slots), MOAT_STORE(root_slots[3], object); (void)MOAT_CALL(c_take, &root_slots[2]))
TRAPS(root_of_unknown_type, 1, ARGUMENT, ".data/.bss", &root_slots[3], object, MOAT_STORE(root_slots[3], object);
      (void)MOAT_CALL(c_take, (void *)(uintptr_t)&root_slots[3]), MOAT_STORE(root_slots[3], object);
      (void)MOAT_CALL(c_take, root_slots[3]))
TRAPS(field_of_a_typed_root, 1, ARGUMENT, ".data/.bss", &typed_root->node[1].next, object,
      MOAT_STORE(typed_root->node[1].next, object);
      (void)MOAT_CALL(c_take, &typed_root->node[1].next), MOAT_STORE(typed_root->node[1].next, object);
      (void)MOAT_CALL(c_take, &typed_root->node[1].more))
TRAPS(struct_passed_by_value, 1, ARGUMENT, NULL, &kept->next, object, struct cell cell = cell_with(kept);
      MOAT_STORE(kept->next, object); MOAT_CALL(c_take_struct, cell), struct cell cell = cell_with(object);
      MOAT_CALL(c_take_struct, cell))
TRAPS(flexible_tail, 1, ARGUMENT, NULL, &flex_object()->cell[4].node, object, struct flex *flex = flex_object();
      MOAT_STORE(flex->cell[4].node, object); (void)MOAT_CALL(c_take, (void *)flex), struct flex *flex = flex_object();
      flex->cell[4].number = (uintptr_t)object; (void)MOAT_CALL(c_take, (void *)flex))
TRAPS(flexible_tail_by_its_type, 1, ARGUMENT, NULL, &flex_object()->cell[4].node, object,
      struct flex *flex = flex_object();
      MOAT_STORE(flex->cell[4].node, object); (void)MOAT_CALL(c_take, flex), struct flex *flex = flex_object();
      flex->cell[4].number = (uintptr_t)object; (void)MOAT_CALL(c_take, flex))
TRAPS(flexible_array, 1, ARGUMENT, NULL, &flex_object()->cell[4].node, object, struct flex *flex = flex_object();
      MOAT_STORE(flex->cell[4].node, object); (void)MOAT_CALL(c_take, flex->cell), struct flex *flex = flex_object();
      MOAT_STORE(flex->cell[4].node, object); (void)MOAT_CALL(c_take, &flex->cell[3]))
TRAPS(argument_that_is_kept, 1, ARGUMENT, NULL, NULL, object, (void)MOAT_CALL(c_take, MOAT_KEPT(object)),
      (void)MOAT_CALL(c_take, MOAT_KEPT(pinned));
      (void)MOAT_CALL(c_take, MOAT_KEPT(persistent)); (void)MOAT_CALL(c_take, MOAT_KEPT(&ordinary)))
TRAPS(root_that_an_argument_leads_to, 1, ARGUMENT, ".data/.bss", &root_slots[3], object,
      MOAT_STORE(root_slots[3], object);
      MOAT_STORE(kept->next, (struct node *)(void *)&root_slots[3]);
      (void)MOAT_CALL(c_take, kept), MOAT_STORE(root_slots[3], object);
      MOAT_STORE(kept->next, (struct node *)(void *)&root_slots[2]); (void)MOAT_CALL(c_take, kept))
QUIET(struct_of_bytes_and_length, struct mixed *mixed = mixed_object(); MOAT_STORE(mixed->array[2], object);
      struct cell cell = cell_with((struct node *)(void *)mixed->text); MOAT_CALL(c_take_struct, cell))
TRAPS(members_of_a_struct_by_value, 1, ARGUMENT, NULL, &kept->next, object, struct cell cell = cell_with(kept);
      MOAT_STORE(kept->next, object);
      MOAT_CALL(c_take_struct, MOAT_BY_VALUE(cell, node)), struct cell cell = cell_with(object);
      cell.number = (uintptr_t)kept; MOAT_STORE(kept->next, object);
      MOAT_CALL(c_take_struct, MOAT_BY_VALUE(cell, node)); struct span span; span.text = (const char *)kept;
      span.length = 3; MOAT_CALL(c_take_span, MOAT_BY_VALUE(span, text)))
TRAPS(local_struct_that_is_filled, 1, ARGUMENT, NULL, NULL, object, struct node node = node_with(object);
      expect_at(&node.next);
      (void)MOAT_CALL(c_take, MOAT_FILLED(node_type, &node)), struct node node = node_with(pinned);
      node.value = (uintptr_t)object; (void)MOAT_CALL(c_take, MOAT_FILLED(node_type, &node));
      (void)MOAT_CALL(c_take, MOAT_FILLED(node_type, (struct node *)NULL)))
TRAPS(compound_literal_that_is_filled, 1, ARGUMENT, NULL, NULL, object,
      struct node *literal = (&(struct node){.next = object});
      expect_at(&literal->next);
      (void)MOAT_CALL(c_take, MOAT_FILLED(node_type, literal)),
      (void)MOAT_CALL(c_take, MOAT_FILLED(node_type, (&(struct node){.next = pinned, .more = (uintptr_t)object}))))
TRAPS(tagged_pointer, 1, ARGUMENT, NULL, &kept->next, (const char *)object + 1,
      MOAT_STORE(kept->next, (struct node *)(void *)((uintptr_t)object | 1));
      (void)MOAT_CALL(c_take, kept), MOAT_STORE(kept->next, (struct node *)(void *)((uintptr_t)pinned | 1));
      (void)MOAT_CALL(c_take, kept))
TRAPS(number_in_a_union_with_a_slot, 1, ARGUMENT, NULL, &mixed_object()->either, object,
      struct mixed *mixed = mixed_object();
      mixed->either.number = (uintptr_t)object;
      (void)MOAT_CALL(c_take, &mixed->either), struct mixed *mixed = mixed_object();
      MOAT_STORE(mixed->either.node, object); MOAT_CLEAR(mixed->either.node); mixed->either.number = 3;
      (void)MOAT_CALL(c_take, &mixed->either))
TRAPS(large_table_as_an_argument, 1, ARGUMENT, NULL, &table_object()->slot[TABLE_SLOTS - 1], object,
      struct table *table = table_object();
      MOAT_STORE(table->slot[TABLE_SLOTS - 1], object);
      (void)MOAT_CALL(c_take, table), struct table *table = table_object();
      MOAT_STORE(table->slot[TABLE_SLOTS - 1], object); (void)MOAT_CALL(c_take, &table->slot[5]))
TRAPS(call_in_a_handler, 1, ARGUMENT, NULL, &kept->next, object, MOAT_STORE(kept->next, object);
      in_handler(call_in_handler), in_handler(call_in_handler))
TRAPS(checks_switched_on_again, 1, ARGUMENT, NULL, &kept->next, object, MOAT_STORE(kept->next, object);
      NEED(moat_check_level_set(0) == MOAT_OK); (void)MOAT_CALL(c_take, kept); (void)moat_check_level_set(1);
      (void)MOAT_CALL(c_take, kept), MOAT_STORE(kept->next, object); NEED(moat_check_level_set(0) == MOAT_OK);
      (void)MOAT_CALL(c_take, kept))
QUIET(raw_bytes_as_an_argument, *(struct node **)raw = object; (void)MOAT_CALL(c_take, raw))
QUIET(number_equal_to_a_pointer, kept->value = kept->more = (uintptr_t)object; (void)MOAT_CALL(c_take, kept))
QUIET(null_and_static_arguments, (void)MOAT_CALL(c_take, NULL); (void)MOAT_CALL(c_take, &ordinary);
      (void)MOAT_CALL(c_take, "text"); (void)MOAT_CALL(c_take, (const volatile void *)0 == NULL ? raw : NULL))
QUIET(other_arguments, NEED(MOAT_CALL(c_take_number, 4) == 5); NEED(MOAT_CALL(c_take_number, (int)sizeof(void *)) > 4))
QUIET(arguments_are_evaluated_once, struct node *at = elements; int number = 0; (void)MOAT_CALL(c_take, at++);
      NEED(at == elements + 1); NEED(MOAT_CALL(c_take_number, number++) == 1); NEED(number == 1))
QUIET(calls_in_calls, NEED(MOAT_CALL(c_take_two, MOAT_CALL(c_take, object), MOAT_CALL(c_take, object)) == 1))
QUIET(no_arguments, NEED(MOAT_CALL(no_argument) == 3))
QUIET(twelve_arguments, NEED(MOAT_CALL(sum, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) == 78))

/* ---- results ---- */
TRAPS(result_that_is_an_object, 1, RESULT, NULL, NULL, object, expect_in((uintptr_t)give_object);
      (void)give_object(), (void)give_pinned())
TRAPS(result_that_leads_to_an_object, 1, RESULT, NULL, &pinned->next, object, MOAT_STORE(pinned->next, object);
      expect_in((uintptr_t)give_pinned); (void)give_pinned(), MOAT_STORE(pinned->next, persistent);
      NEED(give_pinned() == pinned))
TRAPS(result_in_a_struct, 1, RESULT, NULL, NULL, object, expect_in((uintptr_t)give_struct);
      (void)give_struct(object), (void)give_struct(pinned))
QUIET(results_that_are_no_pointers, NEED(give_number() == 7); NEED(give_null() == NULL))

/* ---- switching ---- */
QUIET(levels_that_are_refused, NEED(moat_check_level_set(2) == (MOAT_CONFIG_CHECK == 2 ? MOAT_OK : MOAT_ERR_BUILD));
      NEED(MOAT_CONFIG_CHECK == 2 || printed("build core and application with -DMOAT_CONFIG_CHECK=2"));
      NEED(moat_check_level_set(1) == (MOAT_CONFIG_CHECK >= 1 ? MOAT_OK : MOAT_ERR_BUILD));
      NEED(MOAT_CONFIG_CHECK >= 1 || printed("-DMOAT_CONFIG_CHECK=1")); NEED(moat_check_level_set(3) == MOAT_ERR_SIZE);
      NEED(moat_check_level_set(-1) == MOAT_ERR_SIZE))

/* ---- the audit ---- */
QUIET(audit_finds_a_raw_store, raw_store(&c_buffer.node[1].next, (struct node *)(void *)(uintptr_t)&object->more);
      NEED(moat_audit(audit_note) == 1); NEED(audit_is(&c_buffer.node[1].next, &object->more, object, "c-owned")))
QUIET(audit_passes_what_c_may_hold, raw_store(&c_buffer.node[0].next, pinned);
      raw_store(&c_buffer.node[1].next, persistent); raw_store(&dma_ring.node[0].next, &ordinary.node[0]);
      raw_store(&ordinary.node[0].next, object); NEED(moat_audit(audit_note) == 0))
QUIET(audit_reports_what_c_freed_unless_cleared, raw_store(&c_buffer.node[0].next, pinned);
      NEED(moat_unpin(pinned) == MOAT_OK); NEED(moat_audit(audit_note) == 1);
      NEED(audit_is(&c_buffer.node[0].next, pinned, pinned, "c-owned")); raw_store(&c_buffer.node[0].next, NULL);
      NEED(moat_audit(audit_note) == 0))
QUIET(audit_passes_managed_memory, struct node *root = malloc_memory();
      NEED(moat_root_add(root, &node_type, 1) == MOAT_OK); MOAT_STORE(root->next, object);
      NEED(moat_audit(audit_note) == 0); NEED(moat_root_remove(root) == MOAT_OK); NEED(moat_audit(audit_note) == 1);
      raw_store(&root->next, NULL))
QUIET(audit_names_the_smallest_region, raw_store(&dma_ring.node[0].next, object); NEED(moat_audit(audit_note) == 1);
      NEED(audit_is(&dma_ring.node[0].next, object, object, "dma_ring")))
QUIET(audit_of_a_region_added, raw_store(&undeclared.node[0].next, object); NEED(moat_audit(audit_note) == 0);
      NEED(moat_region_add(&ring) == MOAT_OK); NEED(moat_audit(audit_note) == 1);
      NEED(audit_is(&undeclared.node[0].next, object, object, "ring")); NEED(moat_region_remove(&ring) == MOAT_OK))
QUIET(
    audit_in_pieces, raw_store(&c_buffer.node[0].next, object); raw_store(&dma_ring.node[1].next, kept);
    raw_store(&malloc_memory()->next, object); struct moat_audit audit; moat_audit_begin(&audit, audit_note);
    uint32_t steps = 1; while (moat_audit_step(&audit, 100) == 1) { steps++; } raw_store(&malloc_memory()->next, NULL);
    NEED(audit.found == 3); NEED(steps > sizeof c_large / sizeof(void *) / 100))
QUIET(audit_begins_again_with_new_regions, struct moat_audit audit; moat_audit_begin(&audit, audit_note);
      raw_store(&c_buffer.node[0].next, object); NEED(moat_audit_step(&audit, SIZE_MAX) == 0); NEED(audit.found == 1);
      raw_store(&dma_ring.node[0].next, object); NEED(moat_region_add(&ring) == MOAT_OK);
      NEED(moat_audit_step(&audit, SIZE_MAX) == 0); NEED(audit.found == 2); NEED(moat_region_remove(&ring) == MOAT_OK))
QUIET(audit_prints, raw_store(&c_buffer.node[1].next, (struct node *)(void *)(uintptr_t)&object->more);
      NEED(moat_audit(NULL) == 1); NEED(printed(MOAT_WORD_BYTES == 4 ? ", +8) in c-owned region \"c-owned\" at 0x"
                                                                     : ", +16) in c-owned region \"c-owned\" at 0x")))
QUIET(audit_in_slices, raw_store(&c_buffer.node[0].next, object); moat_heap.cycle.number++; audit_all_slices();
      NEED(printed("moat: audit: heap pointer 0x")))
QUIET(audit_that_is_refused, in_handler(audit_in_handler))
