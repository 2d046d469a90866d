"""A bucket on one of the servers that play S3."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Tuple

from peers.aws_servers import AWSServer
from peers.waiting import wait_until


class Bucket:
    """A bucket and what lies in it; it is made on construction."""

    def __init__(self, server: AWSServer, name: str) -> None:
        self.server = server
        self.name = name
        self.arn = f"arn:aws:s3:::{name}"
        self._s3 = server.client("s3")
        self._s3.create_bucket(Bucket=name)

    def delete(self) -> None:
        for key in self.keys():
            self._s3.delete_object(Bucket=self.name, Key=key)
        self._s3.delete_bucket(Bucket=self.name)

    def put(self, key: str, content: bytes = b"content") -> str:
        """Puts an object, and returns its entity tag."""
        tag: str = self._s3.put_object(Bucket=self.name, Key=key, Body=content)["ETag"]
        return tag.strip('"')

    def copy(self, key: str, new_key: str) -> None:
        self._s3.copy_object(Bucket=self.name, Key=new_key, CopySource={"Bucket": self.name, "Key": key})

    def put_in_parts(self, key: str, *parts: bytes) -> None:
        """A multipart upload."""
        whole = {"Bucket": self.name, "Key": key}
        upload = self._s3.create_multipart_upload(**whole)["UploadId"]
        done = [
            {
                "PartNumber": number,
                "ETag": self._s3.upload_part(**whole, UploadId=upload, PartNumber=number, Body=part)["ETag"],
            }
            for number, part in enumerate(parts, 1)
        ]
        self._s3.complete_multipart_upload(**whole, UploadId=upload, MultipartUpload={"Parts": done})

    def remove(self, *keys: str) -> None:
        """One object by DeleteObject, several by DeleteObjects."""
        if len(keys) == 1:
            self._s3.delete_object(Bucket=self.name, Key=keys[0])
        else:
            self._s3.delete_objects(Bucket=self.name, Delete={"Objects": [{"Key": key} for key in keys]})

    def keep_versions(self) -> None:
        self._s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})

    def tag(self, key: str, **tags: str) -> None:
        pairs: Sequence[Dict[str, str]] = [{"Key": name, "Value": value} for name, value in tags.items()]
        self._s3.put_object_tagging(Bucket=self.name, Key=key, Tagging={"TagSet": pairs})

    def notifications(self) -> Dict[str, Any]:
        """The bucket's notification configuration, without what the client adds."""
        answer = self._s3.get_bucket_notification_configuration(Bucket=self.name)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def notification_bytes(self) -> bytes:
        """The same as the server wrote it."""
        seen: List[bytes] = []

        def keep(http_response: Any, **_: Any) -> None:
            seen.append(http_response.content)

        event = "after-call.s3.GetBucketNotificationConfiguration"
        self._s3.meta.events.register(event, keep)
        try:
            self.notifications()
        finally:
            self._s3.meta.events.unregister(event, keep)
        return seen[-1]

    def notify(self, **configurations: Any) -> None:
        """Replaces the notification configuration."""
        self._s3.put_bucket_notification_configuration(
            Bucket=self.name, NotificationConfiguration=configurations, SkipDestinationValidation=True
        )

    def keys(self) -> List[str]:
        return [entry["Key"] for entry in self._s3.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def content(self, key: str) -> bytes:
        body: bytes = self._s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body

    def wait_for_object(self, timeout: float = 20) -> Tuple[str, bytes]:
        """Key and content of the first object."""
        key = wait_until(self.keys, timeout=timeout, what=f"an object in {self.name}")[0]
        return key, self.content(key)
