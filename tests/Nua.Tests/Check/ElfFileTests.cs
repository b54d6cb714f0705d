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

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, true)]
    [InlineData(9, false)]
    public void Program_of_another_system_is_told_from_one_of_Linux(byte system, bool isForLinux)
    {
        var file = ElfMaker.Library("libc++.so.1");
        file[7] = system;
        Assert.Equal(isForLinux, Read(file)!.IsForLinux);
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
    public void Symbol_versions_are_what_a_program_asks_and_a_library_gives()
    {
        var program = Read(ElfMaker.Make(ElfMaker.Amd64, "/lib64/ld.so", ["libc.so.6"], null, asks: "GLIBC_2.38"))!;
        Assert.Equal(["GLIBC_2.38"], program.VersionsNeeded["libc.so.6"]);
        Assert.Empty(program.VersionsDefined);
        var library = Read(ElfMaker.Make(ElfMaker.Amd64, null, [], null, isDynamic: true, defines: "GLIBC_2.36"))!;
        Assert.Equal(["GLIBC_2.36"], library.VersionsDefined);
        Assert.Empty(library.VersionsNeeded);
    }

    [Fact]
    public void Symbol_versions_of_real_programs_are_those_of_the_real_library()
    {
        var program = Read(File.ReadAllBytes("/bin/sh"))!;
        var name = program.Needed.First(n => n.StartsWith("libc.so", StringComparison.Ordinal));
        var file = Directory.GetDirectories("/lib", "*-linux-gnu").Append("/lib64").Select(d => Path.Combine(d, name)).First(File.Exists);
        var library = Read(File.ReadAllBytes(file))!;
        Assert.NotEmpty(program.VersionsNeeded[name]);
        Assert.Subset(library.VersionsDefined.ToHashSet(), program.VersionsNeeded[name].ToHashSet());
    }

    [Fact]
    public void Damaged_headers_end_in_no_conclusion()
    {
        var good = ElfMaker.Make(ElfMaker.Amd64, "/lib64/ld.so", ["libc.so.6"], null, asks: "GLIBC_2.38", defines: "OWN_1");
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
