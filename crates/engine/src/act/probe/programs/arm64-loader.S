/*
 * The loader that `arm64-dynamic.S` names. It says a greeting, finds in the auxiliary vector where the program begins, and
 * goes on there. It loads no libraries: there are none.
 *
 *     archlight-dynamic 1 arm64
 *
 * There is no linker: the file is exactly what is written here, its ELF header too. It runs wherever it is put.
 *
 *     aarch64-linux-gnu-as -o it.o arm64-loader.S && aarch64-linux-gnu-objcopy -O binary -j .text it.o arm64-loader
 */
        .text

header: .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0
        .quad   0
        .short  3, 183                   /* for any address, for AArch64 */
        .long   1
        .quad   start - header
        .quad   segments - header
        .quad   0
        .long   0
        .short  64, 56, 2, 64, 0, 0
segments:
        .long   1, 5                    /* all of it, to read and to execute */
        .quad   0, 0, 0, end - header, end - header, 0x10000
        .long   0x6474e551, 6           /* a stack that cannot be executed */
        .quad   0, 0, 0, 0, 0, 16

greeting:
        .ascii  "archlight-dynamic 1 arm64\n"
greeting_end:

/* x20: where the vector is read. The stack is the program's: nothing of it is changed. */
        .balign 4
start:  adr     x1, greeting
        mov     x2, greeting_end - greeting
        mov     x0, 1
        mov     x8, 64
        svc     0
        ldr     x0, [sp]
        add     x20, sp, 16
        add     x20, x20, x0, lsl 3     /* behind the arguments and their end */
environment:
        ldr     x0, [x20], 8
        cbnz    x0, environment
vector: ldp     x0, x1, [x20], 16
        cbz     x0, nowhere
        cmp     x0, 9                   /* AT_ENTRY */
        b.ne    vector
        br      x1
nowhere:
        mov     x0, 43
        mov     x8, 94
        svc     0
end:
