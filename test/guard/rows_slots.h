/* moat: rows of cases.h: stores to what is no slot: MOAT_CONFIG_CHECK_SLOTS.
 *
 * SPDX-License-Identifier: MIT */
TRAPS(member_that_its_type_does_not_name, 2, SLOT, NULL, &kept->more, object,
      MOAT_STORE(*pointer_at(&kept->more), object), MOAT_STORE(kept->next, object))
TRAPS(init_of_such_a_member, 2, SLOT, NULL, &kept->value, object, MOAT_INIT(*pointer_at(&kept->value), object),
      MOAT_INIT(kept->next, object))
TRAPS(exchange_of_such_a_member, 2, SLOT, NULL, &kept->value, object,
      (void)MOAT_EXCHANGE(*pointer_at(&kept->value), object), (void)MOAT_EXCHANGE(kept->next, object))
TRAPS(cas_of_such_a_member, 2, SLOT, NULL, &kept->value, object,
      (void)MOAT_CAS(*pointer_at(&kept->value), NULL, object), (void)MOAT_CAS(kept->next, NULL, object))
TRAPS(pinned_object_in_such_a_member, 2, SLOT, NULL, &kept->more, pinned, MOAT_STORE(*pointer_at(&kept->more), pinned),
      MOAT_STORE(kept->next, pinned))
TRAPS(member_of_an_element, 2, SLOT, NULL, &elements[2].more, object,
      MOAT_STORE(*pointer_at(&elements[2].more), object), MOAT_STORE(elements[2].next, object))
TRAPS(in_raw_bytes, 2, SLOT, NULL, raw, object, MOAT_STORE(*(struct node **)raw, object), MOAT_STORE(kept->next, raw))
TRAPS(in_an_object_s_header, 2, SLOT, NULL, (void **)kept - 1, object,
      MOAT_STORE(*pointer_at((void **)kept - 1), object), MOAT_STORE(kept->next, object))
TRAPS(in_free_memory, 2, SLOT, NULL, (void *)(moat_heap.border.low + moat_heap.border.span - 64), object,
      MOAT_STORE(*pointer_at((void *)(moat_heap.border.low + moat_heap.border.span - 64)), object),
      MOAT_STORE(kept->next, object))
TRAPS(member_of_a_typed_root, 2, SLOT, ".data/.bss", &typed_root->node[1].more, object,
      MOAT_STORE(*pointer_at(&typed_root->node[1].more), object), MOAT_STORE(typed_root->node[1].next, object);
      MOAT_STORE(root_slots[0], object))
TRAPS(member_of_a_root_added, 2, SLOT, ".data/.bss", &added_root.node[0].value, object,
      MOAT_STORE(*pointer_at(&added_root.node[0].value), object), MOAT_STORE(added_root.node[0].next, object))
TRAPS(between_the_slots_of_a_wide_type, 2, SLOT, NULL, &wide_object()->between[5], object,
      MOAT_STORE(*pointer_at(&wide_object()->between[5]), object), MOAT_STORE(wide_object()->last, object);
      MOAT_STORE(wide_object()->behind, object); MOAT_STORE(wide_object()->last_mapped, object);
      MOAT_STORE(wide_object()->first, object))
TRAPS(in_a_tail, 2, SLOT, NULL, &flex_object()->cell[3].number, object,
      MOAT_STORE(*pointer_at(&flex_object()->cell[3].number), object), MOAT_STORE(flex_object()->cell[4].node, object))
TRAPS(in_a_repeat, 2, SLOT, NULL, &nest_object()->row[499].number, object,
      MOAT_STORE(*pointer_at(&nest_object()->row[499].number), object),
      MOAT_STORE(nest_object()->row[499].cell[31].node, object);
      MOAT_STORE(nest_object()->last, object))
TRAPS(beside_a_union, 2, SLOT, NULL, &mixed_object()->before, object,
      MOAT_STORE(*pointer_at(&mixed_object()->before), object), MOAT_STORE(mixed_object()->either.node, object);
      MOAT_STORE(mixed_object()->array[2], object))
QUIET(null_in_any_word, MOAT_STORE(*pointer_at(&kept->more), NULL);
      MOAT_STORE(*pointer_at(&kept->more), &ordinary.node[0]))
QUIET(last_slot_of_a_large_table, MOAT_STORE(table_object()->slot[TABLE_SLOTS - 1], object))
QUIET(swap_of_slots, MOAT_STORE(kept->next, object); MOAT_SWAP(kept->next, elements[1].next))
