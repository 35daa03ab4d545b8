/*
 * Says on its standard output what runs it, and ends with code 42. Given an argument, it lives for another second, so that
 * the engine's list of processes can be asked for it.
 *
 * It says, each number in hexadecimal, and each line written before the next question is asked:
 *
 *     archlight-probe 1 amd64
 *     cpuid LEAF EAX EBX ECX EDX      once for each leaf below, with 0 in ECX
 *     xcr0 EDX EAX                    where it can be read
 *     end
 *
 * There is no linker: the file is exactly what is written here, its ELF header too. One segment, which nothing writes
 * to, lies on a boundary for pages of any size.
 *
 *     x86_64-linux-gnu-as -o amd64.o amd64.S && x86_64-linux-gnu-objcopy -O binary -j .text amd64.o amd64
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
        .short  64, 56, 2, 64, 0, 0
segments:
        .long   1, 5                    /* all of it, to read and to execute */
        .quad   0, BASE, BASE, end - header, end - header, 0x10000
        .long   0x6474e551, 6           /* a stack that cannot be executed */
        .quad   0, 0, 0, 0, 0, 16

greeting:
        .ascii  "archlight-probe 1 amd64\n"
greeting_end:
leaves: .long   0, 1, 7, 0x80000000, 0x80000001, 0x80000002, 0x80000003, 0x80000004
leaves_end:
last:   .ascii  "end\n"
last_end:

/* r15: the number of arguments; r14: ECX of leaf 1; rbp: room for numbers, and from rbp + 32 on for a line. */
start:  mov     r15, [rsp]
        sub     rsp, 128
        mov     rbp, rsp
        lea     rsi, [rip + greeting]
        mov     edx, offset greeting_end - greeting
        call    write
        lea     r12, [rip + leaves]
        lea     r13, [rip + leaves_end]
leaf:   mov     eax, [r12]
        mov     [rbp], eax
        xor     ecx, ecx
        cpuid
        mov     [rbp + 4], eax
        mov     [rbp + 8], ebx
        mov     [rbp + 12], ecx
        mov     [rbp + 16], edx
        cmp     dword ptr [r12], 1
        cmove   r14d, ecx
        mov     eax, 0x69757063         /* `cpui` */
        mov     ebx, 'd'
        mov     ecx, 5
        call    line
        add     r12, 4
        cmp     r12, r13
        jb      leaf
        bt      r14d, 27                /* whether the system lets XCR0 be read */
        jnc     done
        xor     ecx, ecx
        xgetbv
        mov     [rbp], edx
        mov     [rbp + 4], eax
        mov     eax, 0x30726378         /* `xcr0` */
        xor     ebx, ebx
        mov     ecx, 2
        call    line
done:   lea     rsi, [rip + last]
        mov     edx, offset last_end - last
        call    write
        cmp     r15, 2
        jb      exit
        xor     eax, eax
        push    rax
        inc     eax
        push    rax                     /* one second, and no nanoseconds */
        mov     rdi, rsp
        xor     esi, esi
        mov     eax, 35
        syscall
exit:   mov     edi, 42
        mov     eax, 231
        syscall

/* Writes four letters in eax, one more in ebx unless that is 0, and the ecx numbers at rbp. */
line:   lea     rdi, [rbp + 32]
        stosd
        mov     eax, ebx
        test    eax, eax
        jz      numbers
        stosb
numbers:
        mov     rsi, rbp
number: mov     al, ' '
        stosb
        lodsd
        mov     ebx, eax
        mov     edx, 8
digit:  rol     ebx, 4
        mov     eax, ebx
        and     eax, 15
        add     eax, '0'
        cmp     eax, '9'
        jbe     put
        add     eax, 'a' - '9' - 1
put:    stosb
        dec     edx
        jnz     digit
        dec     ecx
        jnz     number
        mov     al, '\n'
        stosb
        lea     rsi, [rbp + 32]
        mov     edx, edi
        sub     edx, esi

/* Writes edx bytes from rsi. */
write:  mov     edi, 1
        mov     eax, 1
        syscall
        ret
end:
