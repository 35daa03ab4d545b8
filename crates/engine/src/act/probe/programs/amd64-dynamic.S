/*
 * A program that names a loader, as most programs do: the kernel starts that one, which says a greeting and goes on here.
 * This says `end`, and ends with code 42. Neither can be had without the other. The loader is `amd64-loader.S`.
 *
 * There is no linker: the file is exactly what is written here, its ELF header too.
 *
 *     x86_64-linux-gnu-as -o it.o amd64-dynamic.S && x86_64-linux-gnu-objcopy -O binary -j .text it.o amd64-dynamic
 */
        .intel_syntax noprefix
        .text
        .set    BASE, 0x400000

header: .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0
        .quad   0
        .short  2, 62                   /* an executable, for x86-64 */
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

start:  lea     rsi, [rip + last]
        mov     edx, offset last_end - last
        mov     edi, 1
        mov     eax, 1
        syscall
        mov     edi, 42
        mov     eax, 231
        syscall
end:
