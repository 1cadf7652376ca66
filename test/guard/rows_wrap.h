/* moat: rows of cases.h: the C library's copies, by the linker's --wrap. Compiled with -fno-builtin: each is a call.
 *
 * SPDX-License-Identifier: MIT */

/* ---- out of managed memory ---- */
#define OUT(name, call)                                                                                                \
    TRAPS(name##_out, 2, COPY, "c-owned", &c_buffer.node[0].next, object, MOAT_STORE(kept->next, object);              \
          call, MOAT_STORE(kept->next, pinned); call)
OUT(memcpy, (void)memcpy(&c_buffer, kept, sizeof *kept))
OUT(memmove, (void)memmove(&c_buffer, kept, sizeof *kept))
OUT(mempcpy, (void)mempcpy(&c_buffer, kept, sizeof *kept))
OUT(bcopy, bcopy(kept, &c_buffer, sizeof *kept))
OUT(memccpy, (void)memccpy(&c_buffer, kept, 0x77, sizeof *kept))
#define TEXT_OUT(name)                                                                                                 \
    TRAPS(name##_out, 2, COPY, "c-owned", &c_buffer.node[0].next, text_pointer(),                                      \
          MOAT_STORE(kept->next, text_pointer());                                                                      \
          kept->value = UINTPTR_MAX;                                                                                   \
          (void)name(C_TEXT, HEAP_TEXT, sizeof *kept), MOAT_STORE(kept->next, text_pointer()); kept->value = 'a';      \
          (void)name(C_TEXT, HEAP_TEXT, sizeof *kept))
TEXT_OUT(strncpy)
TEXT_OUT(stpncpy)
TRAPS(memcpy_of_a_part_out, 2, COPY, "c-owned", &c_buffer, object, MOAT_STORE(kept->next, object);
      (void)memcpy(&c_buffer, &kept->next, sizeof(void *)), MOAT_STORE(kept->next, object);
      (void)memcpy(&c_buffer, &kept->next, sizeof(void *) - 1))
TRAPS(memcpy_from_a_root, 2, COPY, "dma_ring", &dma_ring, object, MOAT_STORE(root_slots[2], object);
      (void)memcpy(&dma_ring, &root_slots[2], sizeof(void *)), MOAT_STORE(root_slots[2], object);
      (void)memcpy(&dma_ring, &root_slots[1], sizeof(void *)))
TRAPS(memcpy_from_a_typed_root, 2, COPY, "c-owned", &c_buffer.node[1].next, object,
      MOAT_STORE(typed_root->node[1].next, object);
      (void)memcpy(&c_buffer, typed_root, sizeof *typed_root), typed_root->node[1].more = (uintptr_t)object;
      (void)memcpy(&c_buffer, typed_root, sizeof *typed_root))
TRAPS(memcpy_from_a_root_added, 2, COPY, ".data/.bss", &ordinary.node[0].next, object,
      MOAT_STORE(added_root.node[0].next, object);
      (void)memcpy(&ordinary, &added_root, sizeof added_root), MOAT_STORE(added_root.node[0].next, persistent);
      (void)memcpy(&ordinary, &added_root, sizeof added_root))
TRAPS(memcpy_of_an_array_out, 2, COPY, "c-owned", &c_buffer.node[0].next, object, MOAT_STORE(elements[2].next, object);
      (void)memcpy(&c_buffer, &elements[2], sizeof elements[2]), MOAT_STORE(elements[2].next, object);
      (void)memcpy(&c_buffer, &elements[0], 2 * sizeof elements[0]))
TRAPS(memcpy_in_a_handler_out, 2, COPY, "c-owned", &c_buffer.node[0].next, object, MOAT_STORE(kept->next, object);
      in_handler(memcpy_in_handler), MOAT_STORE(kept->next, pinned); in_handler(memcpy_in_handler))
TRAPS(the_library_s_own_copy, 2, COPY, "c-owned", &c_buffer.node[0].next, object, MOAT_STORE(kept->next, object);
      expect_in(0); copy_inside_the_library(&c_buffer, kept, sizeof *kept), MOAT_STORE(kept->next, pinned);
      copy_inside_the_library(&c_buffer, kept, sizeof *kept))
QUIET(memcpy_of_raw_bytes, *(struct node **)raw = object; (void)memcpy(&c_buffer, raw, 64 / 2);
      NEED(c_buffer.node[0].value == (uintptr_t)object))
QUIET(memcpy_between_foreign, raw_store(&c_buffer.node[0].next, pinned);
      (void)memcpy(&dma_ring, &c_buffer, sizeof c_buffer); NEED(dma_ring.node[0].next == pinned))
QUIET(memcpy_to_the_stack, struct node here; MOAT_STORE(kept->next, object); (void)memcpy(&here, kept, sizeof here);
      NEED(here.next == object))
QUIET(memcpy_of_nothing, MOAT_STORE(kept->next, object); (void)memcpy(&c_buffer, kept, 0);
      (void)memcpy(kept, &c_buffer, 0); NEED(kept->next == object))
QUIET(before_the_heap_is_ready, forget_the_heap(); (void)memset(kept, 0, sizeof *kept))

/* ---- over slots: the barrier is missing ---- */
#define OVER(name, call, legal)                                                                                        \
    TRAPS(name##_over_a_slot, 2, BARRIER, NULL, &kept->next, &kept->next, MOAT_STORE(kept->next, object); call, legal)
OVER(memcpy, (void)memcpy(kept, &ordinary, sizeof *kept), (void)memcpy(&kept->more, &ordinary, sizeof kept->more))
OVER(memmove, (void)memmove(kept, &ordinary, sizeof *kept), (void)memmove(&kept->more, &ordinary, sizeof kept->more))
OVER(memset, (void)memset(kept, 0, sizeof *kept), (void)memset(&kept->value, 7, sizeof kept->value))
OVER(bzero, bzero(kept, sizeof *kept), bzero(&kept->value, sizeof kept->value))
OVER(bcopy, bcopy(&ordinary, kept, sizeof *kept), (void)MOAT_MOVE(node_type, kept, &ordinary))
OVER(mempcpy, (void)mempcpy(kept, &ordinary, sizeof *kept), (void)mempcpy(raw, &ordinary, sizeof *kept))
OVER(memccpy, (void)memccpy(kept, &ordinary, 7, sizeof *kept), (void)memccpy(kept, "\7more", 7, sizeof *kept))
OVER(strcpy, (void)strcpy(HEAP_TEXT, LONG_TEXT), (void)strcpy(HEAP_TEXT, "abc"); NEED(strcmp(HEAP_TEXT, "abc") == 0))
OVER(stpcpy, (void)stpcpy(HEAP_TEXT, LONG_TEXT), NEED(stpcpy(HEAP_TEXT, "abc") == HEAP_TEXT + 3))
OVER(strncpy, (void)strncpy(HEAP_TEXT, "a", sizeof *kept), (void)strncpy(HEAP_TEXT, LONG_TEXT, sizeof kept->value))
OVER(stpncpy, (void)stpncpy(HEAP_TEXT, "a", sizeof *kept), (void)stpncpy(HEAP_TEXT, LONG_TEXT, sizeof kept->value))
OVER(strcat, (void)strcpy(HEAP_TEXT, "ab"); (void)strcat(HEAP_TEXT, LONG_TEXT), (void)strcpy(HEAP_TEXT, "a");
     (void)strcat(HEAP_TEXT, "b"); NEED(strcmp(HEAP_TEXT, "ab") == 0))
OVER(strncat, (void)strcpy(HEAP_TEXT, "ab");
     (void)strncat(HEAP_TEXT, LONG_TEXT, 2 * sizeof(void *)), (void)strcpy(HEAP_TEXT, "a");
     (void)strncat(HEAP_TEXT, LONG_TEXT, 1))
OVER(strlcpy, (void)strlcpy(HEAP_TEXT, LONG_TEXT, sizeof *kept),
     NEED(strlcpy(HEAP_TEXT, LONG_TEXT, sizeof kept->value) == strlen(LONG_TEXT)))
OVER(strlcat, (void)strlcpy(HEAP_TEXT, "ab", 3);
     (void)strlcat(HEAP_TEXT, LONG_TEXT, sizeof *kept), (void)strlcpy(HEAP_TEXT, "ab", 3);
     (void)strlcat(HEAP_TEXT, LONG_TEXT, sizeof kept->value))
TRAPS(memset_over_a_root, 2, BARRIER, ".data/.bss", &root_slots[0], &root_slots[0],
      (void)memset(root_slots, 0, sizeof root_slots), (void)memset(&ordinary, 0, sizeof ordinary))
TRAPS(memset_over_a_typed_root, 2, BARRIER, ".data/.bss", &typed_root->node[1].next, &typed_root->node[1].next,
      (void)memset(&typed_root->node[1], 0, sizeof typed_root->node[1]),
      (void)memset(&typed_root->node[1].more, 0, sizeof typed_root->node[1].more))
TRAPS(memset_over_an_array, 2, BARRIER, NULL, &elements[1].next, &elements[1].next,
      (void)memset(&elements[0].more, 0, sizeof elements[0]), (void)memset(&elements[0].more, 0, 2 * sizeof(void *)))
TRAPS(memcpy_over_a_large_table, 2, BARRIER, NULL, &table_object()->slot[30000], &table_object()->slot[30000],
      (void)memcpy(&table_object()->slot[30000], &ordinary, sizeof(void *)),
      (void)MOAT_MOVE_PART(table_type, table_object(), &static_large.table, 30000 * sizeof(void *), sizeof(void *)))
QUIET(memset_of_raw_bytes, (void)memset(raw, 0x55, 64); NEED(((unsigned char *)raw)[63] == 0x55))

#ifndef __riscv
/* ---- the names that compilers for ARM call ---- */
OUT(aeabi_memcpy, __aeabi_memcpy(&c_buffer, kept, sizeof *kept))
OUT(aeabi_memcpy4, __aeabi_memcpy4(&c_buffer, kept, sizeof *kept))
OUT(aeabi_memcpy8, __aeabi_memcpy8(&c_buffer, kept, sizeof *kept))
OUT(aeabi_memmove, __aeabi_memmove(&c_buffer, kept, sizeof *kept))
OUT(aeabi_memmove4, __aeabi_memmove4(&c_buffer, kept, sizeof *kept))
OUT(aeabi_memmove8, __aeabi_memmove8(&c_buffer, kept, sizeof *kept))
OVER(aeabi_memset, __aeabi_memset(kept, sizeof *kept, 0), __aeabi_memset(raw, 64, 3); NEED(*(char *)raw == 3))
OVER(aeabi_memset4, __aeabi_memset4(kept, sizeof *kept, 0), __aeabi_memset4(raw, 64, 3); NEED(*(char *)raw == 3))
OVER(aeabi_memset8, __aeabi_memset8(kept, sizeof *kept, 0), __aeabi_memset8(raw, 64, 3); NEED(*(char *)raw == 3))
OVER(aeabi_memclr, __aeabi_memclr(kept, sizeof *kept), __aeabi_memclr(raw, 64); NEED(*(char *)raw == 0))
OVER(aeabi_memclr4, __aeabi_memclr4(kept, sizeof *kept), __aeabi_memclr4(raw, 64); NEED(*(char *)raw == 0))
OVER(aeabi_memclr8, __aeabi_memclr8(kept, sizeof *kept), __aeabi_memclr8(raw, 64); NEED(*(char *)raw == 0))
#endif
