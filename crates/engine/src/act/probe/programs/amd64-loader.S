/*
 * The loader that `amd64-dynamic.S` names. It says a greeting, finds in the auxiliary vector where the program begins, and
 * goes on there. It loads no libraries: there are none.
 *
 *     archlight-dynamic 1 amd64
 *
 * There is no linker: the file is exactly what is written here, its ELF header too. It runs wherever it is put.
 *
 *     x86_64-linux-gnu-as -o it.o amd64-loader.S && x86_64-linux-gnu-objcopy -O binary -j .text it.o amd64-loader
 */
        .intel_syntax noprefix
        .text

header: .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0
        .quad   0
        .short  3, 62                   /* for any address, for x86-64 */
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
        .ascii  "archlight-dynamic 1 amd64\n"
greeting_end:

/* rbx: where the vector is read. The stack is the program's: nothing of it is changed. */
start:  lea     rsi, [rip + greeting]
        mov     edx, offset greeting_end - greeting
        mov     edi, 1
        mov     eax, 1
        syscall
        mov     rax, [rsp]
        lea     rbx, [rsp + rax * 8 + 16]       /* behind the arguments and their end */
environment:
        mov     rax, [rbx]
        add     rbx, 8
        test    rax, rax
        jnz     environment
vector: mov     rax, [rbx]
        mov     rcx, [rbx + 8]
        add     rbx, 16
        test    rax, rax
        jz      nowhere
        cmp     rax, 9                  /* AT_ENTRY */
        jne     vector
        jmp     rcx
nowhere:
        mov     edi, 43
        mov     eax, 231
        syscall
end:
