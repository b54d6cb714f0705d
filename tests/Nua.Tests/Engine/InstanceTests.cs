using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Testing;

namespace Nua.Tests.Engine;

public sealed class InstanceTests : IDisposable
{
    private readonly TempDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("notes")]
    [InlineData("a")]
    [InlineData("my-2nd-app")]
    public void Name_is_kept(string text) => Assert.Equal(text, InstanceName.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a--b")]
    [InlineData("../x")]
    [InlineData("Notes")]
    [InlineData("a.b")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Name_that_could_be_something_else_is_refused(string text)
    {
        var failure = Assert.Throws<ProblemException>(() => InstanceName.Parse(text));
        Assert.Equal("NUA5010", failure.Problems[0].Code);
        Assert.Equal(2, failure.ExitCode);
    }

    [Fact]
    public void Instance_that_was_never_made_leaves_no_folder_but_backups()
    {
        var folder = Folder("notes");
        using (var instance = Instance.Open(folder))
        {
            instance.Discard();
        }

        Assert.False(Directory.Exists(folder.Path));
        Directory.CreateDirectory(folder.Backups);
        File.WriteAllText(folder.Backups + "/old", "precious");
        using (var instance = Instance.Open(folder))
        {
            Directory.CreateDirectory(folder.Secrets);
            instance.Discard();
        }

        Assert.True(File.Exists(folder.Backups + "/old"));
        Assert.False(Directory.Exists(folder.Secrets));
    }

    [Fact]
    public void Record_is_read_back_as_it_was_committed()
    {
        var folder = Folder("notes");
        using (var instance = Instance.Open(folder))
        {
            Assert.Null(instance.Record);
            instance.Commit(Sample);
            instance.Commit(Sample with { Generation = 2, LastGeneration = 2 });
        }

        var read = Instance.ReadRecord(folder)!;
        Assert.Equal((2, 2L), (read.Generation, read.Sequence));
        Assert.Equal(Sample.Release, read.Release);
        Assert.Equal("8080", Assert.Single(read.Settings.Ports));
    }

    [Fact]
    public void Operation_is_there_until_it_ends()
    {
        var folder = Folder("notes");
        var operation = new OperationRecord { Kind = "upgrade", Step = "clone", Generation = 4, Begun = DateTimeOffset.UnixEpoch };
        using (var instance = Instance.Open(folder))
        {
            instance.Commit(Sample);
            instance.Begin(operation);
        }

        using (var instance = Instance.Open(folder))
        {
            Assert.Equal((4, "clone"), (instance.Operation!.Generation!.Value, instance.Operation.Step));
            instance.End();
        }

        Assert.False(File.Exists(folder.Operation));
    }

    [Fact]
    public void Second_operator_is_refused_at_once()
    {
        using var first = Instance.Open(Folder("notes"));
        var failure = Assert.Throws<ProblemException>(() => Instance.Open(Folder("notes")));
        Assert.Equal(("NUA5011", 75), (failure.Problems[0].Code, failure.ExitCode));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"schema":1}""")]
    [InlineData("""{"schema":1,"schema":1}""")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{"name":"notes","engine":"local","sequence":1,"release":null,"generation":1,"last_generation":1,"is_wanted":true,"settings":{},"created":"2026-01-01T00:00:00Z"}""")]
    public void Record_that_somebody_damaged_is_named(string text)
    {
        var folder = Folder("notes");
        Directory.CreateDirectory(folder.Path);
        File.WriteAllText(folder.Record, text);
        var failure = Assert.Throws<ProblemException>(() => Instance.Open(folder));
        Assert.Equal("NUA5013", failure.Problems[0].Code);
        // The lock is free again.
        File.Delete(folder.Record);
        Instance.Open(folder).Dispose();
    }

    [Fact]
    public void Every_changed_bit_of_a_record_is_found()
    {
        var folder = Folder("notes");
        using (var instance = Instance.Open(folder))
        {
            instance.Commit(Sample);
        }

        var whole = File.ReadAllBytes(folder.Record);
        for (var bit = 0; bit < whole.Length * 8; bit += 3)
        {
            var changed = (byte[])whole.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(folder.Record, changed);
            try
            {
                // What is taken says the same: the bit was in a name that only the check needs.
                Assert.Equal(Sample.Release, Instance.ReadRecord(folder)!.Release);
                Assert.Equal(Sample.Generation, Instance.ReadRecord(folder)!.Generation);
                Assert.True(bit / 8 >= whole.Length - 82, $"bit {bit} was missed");
            }
            catch (ProblemException failure)
            {
                Assert.Equal("NUA5013", failure.Problems[0].Code);
            }
        }
    }

    [Fact]
    public void Record_without_its_sum_is_taken_as_it_is()
    {
        var folder = Folder("notes");
        using (var instance = Instance.Open(folder))
        {
            instance.Commit(Sample);
        }

        var lines = File.ReadAllText(folder.Record).Split(",\n  \"sha256\"");
        File.WriteAllText(folder.Record, lines[0].Replace("\"8080\"", "\"8081\"", StringComparison.Ordinal) + "\n}");
        Assert.Equal("8081", Assert.Single(Instance.ReadRecord(folder)!.Settings.Ports));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("backup")]
    [InlineData("upgrade")]
    [InlineData("restore")]
    public void Data_without_its_record_is_no_installation_that_was_cut_off(string? operation)
    {
        var folder = Folder("notes");
        using (var instance = Instance.Open(folder))
        {
            instance.Commit(Sample);
            if (operation is not null)
            {
                instance.Begin(new OperationRecord { Kind = operation, Step = "x", Generation = operation == "backup" ? null : 2, Begun = DateTimeOffset.UnixEpoch });
            }
        }

        Directory.CreateDirectory(folder.Volume(1, "data"));
        File.Delete(folder.Record);

        Assert.Equal("NUA5014", Assert.Throws<ProblemException>(() => Instance.Open(folder)).Problems[0].Code);
        Assert.Equal("NUA5014", Assert.Throws<ProblemException>(() => Instance.OpenExisting(folder)).Problems[0].Code);
        Assert.Equal("NUA5014", Assert.Throws<ProblemException>(() => Instance.ReadRecord(folder)).Problems[0].Code);
        Assert.Equal("notes", Assert.Single(Instance.List(_home.Path)).Name.ToString());
        Assert.Empty(Instance.Records(_home.Path));
    }

    [Theory]
    [InlineData("install", 1)]
    [InlineData("restore", 1)]
    [InlineData("destroy", null)]
    public void Installation_that_was_cut_off_has_no_record_yet(string operation, int? generation)
    {
        var folder = Folder("notes");
        using (var instance = Instance.Open(folder))
        {
            instance.Begin(new OperationRecord { Kind = operation, Step = "x", Generation = generation, Begun = DateTimeOffset.UnixEpoch });
        }

        Directory.CreateDirectory(folder.Volume(1, "data"));
        using var again = Instance.Open(folder);
        Assert.Null(again.Record);
        Assert.Equal(operation, again.Operation!.Kind);
    }

    [Fact]
    public void Other_folders_beside_instances_are_none()
    {
        using (var instance = Instance.Open(Folder("notes")))
        {
            instance.Commit(Sample);
        }

        Directory.CreateDirectory(InstanceFolder.Root(_home.Path) + "/lost+found");
        Assert.Equal("notes", Assert.Single(Instance.List(_home.Path)).Name.ToString());
    }

    [Fact]
    public void Place_of_a_backup_moves_with_the_store()
    {
        var (old, moved) = (Folder("notes"), new InstanceFolder(_home.Path + "/moved", InstanceName.Parse("notes")));
        var written = old.ShortPlace(old.Backups + "/a.tar.zst");
        Assert.Equal("backups/notes/a.tar.zst", written);
        Assert.Equal(old.Backups + "/a.tar.zst", old.FullPlace(written));
        Assert.Equal(moved.Backups + "/a.tar.zst", moved.FullPlace(written));
        Assert.Equal("/mnt/a.tar.zst", moved.FullPlace(old.ShortPlace("/mnt/a.tar.zst")));
        Assert.Equal("restic:/srv/r:1234", moved.FullPlace(old.ShortPlace("restic:/srv/r:1234")));

        // As it was written before: led to where it is now, and only if it is there.
        Assert.Equal(old.Backups + "/a.tar.zst", moved.FullPlace(old.Backups + "/a.tar.zst"));
        Directory.CreateDirectory(moved.Backups);
        File.WriteAllText(moved.Backups + "/a.tar.zst", "");
        Assert.Equal(moved.Backups + "/a.tar.zst", moved.FullPlace(old.Backups + "/a.tar.zst"));
    }

    [Fact]
    public void Record_of_a_later_program_is_refused()
    {
        var folder = Folder("notes");
        using (var instance = Instance.Open(folder))
        {
            instance.Commit(Sample with { Schema = 2 });
        }

        Assert.Equal("NUA5013", Assert.Throws<ProblemException>(() => Instance.ReadRecord(folder)).Problems[0].Code);
    }

    [Fact]
    public void Unknown_instance_is_refused_with_the_known_ones()
    {
        using (var instance = Instance.Open(Folder("notes")))
        {
            instance.Commit(Sample);
        }

        var failure = Assert.Throws<ProblemException>(() => Instance.OpenExisting(Folder("note")));
        Assert.Equal("NUA5012", failure.Problems[0].Code);
        Assert.Contains("notes", failure.Problems[0].Why, StringComparison.Ordinal);
        Assert.Equal("notes", Assert.Single(Instance.List(_home.Path)).Name.ToString());
    }

    private static InstanceRecord Sample => new()
    {
        Name = "notes",
        Engine = "local",
        Sequence = 0,
        Release = new Release("sha256:" + new string('a', 64), "nua-notes:1.0", "notes", "1.0", 1),
        Generation = 1,
        LastGeneration = 1,
        IsWanted = true,
        Settings = new InstanceSettings { Ports = ["8080"] },
        Created = DateTimeOffset.UnixEpoch,
    };

    private InstanceFolder Folder(string name) => new(_home.Path, InstanceName.Parse(name));
}
