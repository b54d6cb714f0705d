using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Engine.Instances;

/// <summary>
/// An instance held under its kernel lock: nobody else changes it until this is disposed. Writing a record is durable when the call returns,
/// and after a crash either the old or the new record is there.
/// </summary>
public sealed class Instance : IDisposable
{
    private const uint PrivateFile = 0x180;
    private const uint PrivateFolder = 0x1C0;
    private readonly FileLock _lock;

    private Instance(InstanceFolder folder, FileLock held, InstanceRecord? record, OperationRecord? operation) =>
        (Folder, _lock, Record, Operation) = (folder, held, record, operation);

    public InstanceFolder Folder { get; }

    /// <summary>Null before the first release was committed.</summary>
    public InstanceRecord? Record { get; private set; }

    /// <summary>What an earlier command began and did not end, or this one has begun.</summary>
    public OperationRecord? Operation { get; private set; }

    /// <summary>Takes the lock, making the folder when it is missing.</summary>
    /// <exception cref="ProblemException">NUA5011 somebody else works on it; NUA5013 a record cannot be read.</exception>
    public static Instance Open(InstanceFolder folder)
    {
        DurableFile.CreateDirectory(folder.Path, PrivateFolder);
        FileLock? held;
        while (FileLock.TryExclusive(folder.Lock, out held) && !File.Exists(folder.Lock))
        {
            // Whoever held it has removed the instance with its lock: this one is a lock on nothing.
            held.Dispose();
            DurableFile.CreateDirectory(folder.Path, PrivateFolder);
        }

        if (held is null)
        {
            throw new ProblemException(new Problem("NUA5011", $"another command is working on '{folder.Name}'")
            {
                Remedy = "wait until it has ended, then try again",
            })
            { ExitCode = 75 };
        }

        try
        {
            return new Instance(folder, held, ReadRecord(folder), Read(folder.Operation, InstanceJson.Default.OperationRecord));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Takes the lock of an instance that exists.</summary>
    /// <exception cref="ProblemException">NUA5012 there is none of that name; those of <see cref="Open"/>.</exception>
    public static Instance OpenExisting(InstanceFolder folder) =>
        File.Exists(folder.Record) || File.Exists(folder.Operation) ? Open(folder) : throw NotFound(folder);

    /// <summary>The record without the lock: whole, but perhaps soon replaced. Null when there is none.</summary>
    public static InstanceRecord? ReadRecord(InstanceFolder folder)
    {
        var record = Read(folder.Record, InstanceJson.Default.InstanceRecord);
        return record is null || record.Schema == InstanceRecord.CurrentSchema
            ? record
            : throw Unreadable(folder.Record, $"it has the form {record.Schema}, which this version of nua does not know");
    }

    /// <summary>An operation that is running, or was cut off. Without the lock.</summary>
    public static OperationRecord? ReadOperation(InstanceFolder folder) => Read(folder.Operation, InstanceJson.Default.OperationRecord);

    /// <summary>Names of all instances, sorted, those whose installation was cut off included.</summary>
    public static IReadOnlyList<InstanceFolder> List(string storeHome) =>
        Directory.Exists(InstanceFolder.Root(storeHome))
            ? [.. Directory.EnumerateDirectories(InstanceFolder.Root(storeHome))
                .Select(path => new InstanceFolder(storeHome, InstanceName.Parse(Path.GetFileName(path))))
                .Where(folder => File.Exists(folder.Record) || File.Exists(folder.Operation))
                .OrderBy(folder => folder.Name.ToString(), StringComparer.Ordinal)]
            : [];

    /// <summary>The commit of every operation. The sequence number is set here.</summary>
    public void Commit(InstanceRecord record)
    {
        var next = record with { Sequence = (Record?.Sequence ?? 0) + 1 };
        Write(Folder.Record, next, InstanceJson.Default.InstanceRecord);
        Record = next;
    }

    /// <summary>Notes what is about to be done; to be called before it is.</summary>
    public void Begin(OperationRecord operation)
    {
        Write(Folder.Operation, operation, InstanceJson.Default.OperationRecord);
        Operation = operation;
    }

    /// <summary>Nothing of the operation is left to do or to undo.</summary>
    public void End()
    {
        File.Delete(Folder.Operation);
        DurableFile.SyncDirectory(Folder.Path);
        Operation = null;
    }

    /// <summary>Removes the folder of an instance that was never made; nothing when it was, or was begun. Backups of an earlier one of that
    /// name stay.</summary>
    public void Discard()
    {
        if (File.Exists(Folder.Record) || File.Exists(Folder.Operation) || !Directory.Exists(Folder.Path))
        {
            return;
        }

        if (!Directory.Exists(Folder.Backups))
        {
            Directory.Delete(Folder.Path, recursive: true);
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(Folder.Path).Where(path => path != Folder.Backups).ToList())
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _lock.Dispose();

    public static ProblemException NotFound(InstanceFolder folder) =>
        new(new Problem("NUA5012", $"there is no instance '{folder.Name}'")
        {
            Why = List(folder.StoreHome) is { Count: > 0 } others
                ? $"there is: {string.Join(", ", others.Select(other => other.Name))}"
                : "there is none at all",
            Remedy = $"nua up IMAGE {folder.Name}",
        });

    private static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException broken)
        {
            throw Unreadable(path, broken.Message);
        }
    }

    private static void Write<T>(string path, T value, JsonTypeInfo<T> type) =>
        DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(value, type), PrivateFile);

    private static ProblemException Unreadable(string path, string why) =>
        new(new Problem("NUA5013", "the record of an instance cannot be read")
        {
            Where = Printable.Escape(path, 300),
            Why = Printable.Escape(why, 300),
            Remedy = "it is only ever replaced whole, so the disk or a person changed it; bring it back from a copy of this folder",
        });
}
