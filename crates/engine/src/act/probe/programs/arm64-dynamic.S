/*
 * A program that names a loader, as most programs do: the kernel starts that one, which says a greeting and goes on here.
 * This says `end`, and ends with code 42. Neither can be had without the other. The loader is `arm64-loader.S`.
 *
 * There is no linker: the file is exactly what is written here, its ELF header too.
 *
 *     aarch64-linux-gnu-as -o it.o arm64-dynamic.S && aarch64-linux-gnu-objcopy -O binary -j .text it.o arm64-dynamic
 */
        .text
        .set    BASE, 0x400000

header: .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0
        .quad   0
        .short  2, 183                   /* an executable, for AArch64 */
        .long   1
        .quad   BASE + start - header
        .quad   segments - header
        .quad   0
        .long   0
        .short  64, 56, 3, 64, 0, 0
segments:
        .long   3, 4                    /* the loader's path; it comes before what is loaded */
        .quad   loader - header, BASE + loader - header, BASE + loader - header
        .quad   loader_end - loader, loader_end - loader, 1
        .long   1, 5                    /* all of it, to read and to execute */
        .quad   0, BASE, BASE, end - header, end - header, 0x10000
        .long   0x6474e551, 6           /* a stack that cannot be executed */
        .quad   0, 0, 0, 0, 0, 16

loader: .asciz  "/archlight-loader"
loader_end:
last:   .ascii  "end\n"
last_end:

        .balign 4
start:  adr     x1, last
        mov     x2, last_end - last
        mov     x0, 1
        mov     x8, 64
        svc     0
        mov     x0, 42
        mov     x8, 94
        svc     0
end:
