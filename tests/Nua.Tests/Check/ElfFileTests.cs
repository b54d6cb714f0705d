using Nua.Check.Scanning;
using Xunit;

namespace Nua.Tests.Check;

public sealed class ElfFileTests
{
    private static ElfFile? Read(byte[] file, int chunk = 4096)
    {
        var bytes = new ElfBytes();
        for (var at = 0; at < file.Length; at += chunk)
        {
            bytes.Add(file.AsSpan(at, Math.Min(chunk, file.Length - at)), at);
        }

        return ElfFile.Read(bytes);
    }

    [Fact]
    public void Program_tells_loader_libraries_and_search_path()
    {
        var elf = Read(ElfMaker.Make(
            ElfMaker.Amd64, "/lib64/ld.so", ["libc.so.6", "libz.so.1"], "$ORIGIN/../lib:/opt/lib"))!;

        Assert.Equal("/lib64/ld.so", elf.Interpreter);
        Assert.Equal(["libc.so.6", "libz.so.1"], elf.Needed);
        Assert.Equal(["$ORIGIN/../lib", "/opt/lib"], elf.SearchPath);
        Assert.Equal("amd64", elf.Architecture);
        Assert.True(elf.IsComplete);
    }

    [Fact]
    public void Dynamic_table_far_behind_what_is_kept_is_still_read()
    {
        var file = ElfMaker.Make(ElfMaker.Amd64, "/lib64/ld.so", ["libc.so.6"], null, padding: ElfBytes.MostKept
            + 100_000);

        Assert.Equal(["libc.so.6"], Read(file, chunk: 100_000)!.Needed);
    }

    [Fact]
    public void Real_programs_are_read_as_the_loader_reads_them()
    {
        var elf = Read(File.ReadAllBytes("/bin/sh"))!;

        Assert.Contains(elf.Needed, name => name.StartsWith("libc.so", StringComparison.Ordinal));
        Assert.NotNull(elf.Interpreter);
        Assert.True(elf.IsComplete);
    }

    [Fact]
    public void Damaged_headers_end_in_no_conclusion()
    {
        var good = ElfMaker.Program("libc.so.6");
        var random = new Random(7);
        for (var round = 0; round < 5000; round++)
        {
            var file = good.ToArray();
            file[4 + random.Next(file.Length - 4)] = (byte)random.Next(256);
            _ = Read(file[..random.Next(4, file.Length)]);
            _ = Read(file);
        }

        Assert.Null(Read("#!/bin/sh\n"u8.ToArray()));
    }
}
