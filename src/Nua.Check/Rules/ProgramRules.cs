using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Rules;

/// <summary>NUA-S03, S04, S09: programs are for this machine and find what they need to load.</summary>
internal static class ProgramRules
{
    private const string AddPackage = "add the package that has it to run.packages, or bring the library below /nua with a RUNPATH";

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-S03", Severity.Error,
            "A program in `/nua/bin` or `/nua/scripts`, and the one that `start` runs, is for the image's architecture.",
            ScriptRules.Section, "build or download the program for the image's architecture", ArchitectureFits),
        new("NUA-S04", Severity.Error,
            "The loader and every shared library that such a program needs, directly or through a library, is in the image "
            + "where the loader looks, with the symbol versions that are asked for.",
            ScriptRules.Section, AddPackage, LibrariesAreThere),
        new("NUA-S09", Severity.Warning,
            "Other programs and libraries below `/nua` for the image's architecture and C library find their shared libraries too, in such versions.",
            ScriptRules.Section, AddPackage, OthersFindTheirs),
    ];

    private static List<ScannedEntry> Programs(CheckSubject subject)
    {
        var found = subject.Tree.EntriesBelow("nua/bin").Concat(subject.Tree.EntriesBelow("nua/scripts"))
            .Where(entry => entry.IsFile && entry.IsExecutable && entry.Facts?.Elf is not null).ToList();
        var start = subject.Runtime.Member("start");
        if (start.Texts("argv").FirstOrDefault() is { Length: > 0 } first
            && subject.FindProgram(first, start.Text("workdir") ?? "/nua/app") is { Facts.Elf: not null } program
            && !found.Contains(program))
        {
            found.Add(program);
        }

        return found;
    }

    private static bool FitsMachine(CheckSubject subject, ElfFile elf) =>
        ElfFile.MachineOf(subject.Config.Platform.Architecture) is not { } machine || elf.Machine == machine;

    private static IEnumerable<Violation> ArchitectureFits(CheckSubject subject) =>
        Programs(subject).Where(program => !FitsMachine(subject, program.Facts!.Elf!))
            .Select(program => Violation.At(
                program, $"it is for {program.Facts!.Elf!.Architecture}, the image for {subject.Config.Platform.Architecture}"));

    private static IEnumerable<Violation> LibrariesAreThere(CheckSubject subject) =>
        Missing(subject, Programs(subject).Where(program => FitsMachine(subject, program.Facts!.Elf!)));

    private static IEnumerable<Violation> OthersFindTheirs(CheckSubject subject)
    {
        var programs = Programs(subject).ToHashSet();
        var hasMusl = subject.Tree.NamesIn("lib").Any(name => name.StartsWith("ld-musl-", StringComparison.Ordinal));
        return Missing(subject, subject.Tree.EntriesBelow("nua").Where(entry =>
            entry.IsFile && entry.Facts?.Elf is { } elf && !programs.Contains(entry) && FitsMachine(subject, elf)
            // Packages bring files for every system along: this one never loads those of the others.
            && elf.IsForLinux && IsForMusl(elf) == hasMusl));
    }

    private static IEnumerable<Violation> Missing(CheckSubject subject, IEnumerable<ScannedEntry> files)
    {
        var resolver = new LibraryResolver(subject);
        return from file in files
               where file.Facts!.Elf!.IsComplete
               let missing = resolver.Missing(file)
               where missing is not null
               select Violation.At(file, missing);
    }

    private static bool IsForMusl(ElfFile elf) =>
        elf.Interpreter?.Contains("ld-musl", StringComparison.Ordinal) == true
        || elf.Needed.Any(name => name.StartsWith("libc.musl-", StringComparison.Ordinal)
            || name.StartsWith("ld-musl", StringComparison.Ordinal));
}
